package io.github.heartbeat.benchmark.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

import javax.net.ssl.SSLContext;

/**
 * Terminates TLS in front of {@link WebSocketServer}, with two threads per connection. Rows do
 * not measure the server side.
 */
final class TlsFront {

	private static final int BACKLOG = 4096;

	private static final long STACK_SIZE = 128 * 1024;

	private final ServerSocket listener;

	private final int plainPort;

	TlsFront(SSLContext tls, int plainPort) throws IOException {
		this.plainPort = plainPort;
		this.listener = tls.getServerSocketFactory()
			.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
		start("benchmark-tls", this::accept);
	}

	int port() {
		return this.listener.getLocalPort();
	}

	private static void start(String name, Runnable task) {
		Thread thread = new Thread(null, task, name, STACK_SIZE);
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		try {
			while (true) {
				Socket secure = this.listener.accept();
				Socket plain = new Socket(InetAddress.getLoopbackAddress(), this.plainPort);
				secure.setTcpNoDelay(true);
				plain.setTcpNoDelay(true);
				start("benchmark-tls-in", () -> copy(secure, plain));
				start("benchmark-tls-out", () -> copy(plain, secure));
			}
		}
		catch (IOException ex) {
			ex.printStackTrace();
		}
	}

	private static void copy(Socket from, Socket to) {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[4096];
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				out.write(buffer, 0, count);
			}
		}
		catch (IOException ex) {
			// The connection has ended.
		}
	}

}
