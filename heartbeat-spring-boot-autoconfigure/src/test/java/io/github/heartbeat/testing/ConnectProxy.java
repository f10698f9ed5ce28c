package io.github.heartbeat.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy that connects to one server, regardless of the requested host. A test can
 * make it refuse requests or leave them unanswered.
 */
public final class ConnectProxy implements AutoCloseable {

	private static final String ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

	private final ServerSocket serverSocket;

	private final int targetPort;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private volatile String answer = ESTABLISHED;

	public ConnectProxy(int targetPort) throws IOException {
		this.targetPort = targetPort;
		this.serverSocket = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
		start(this::accept);
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "connect-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	public int port() {
		return this.serverSocket.getLocalPort();
	}

	/**
	 * Return the first line and the headers of all requests so far.
	 */
	public List<String> requests() {
		return List.copyOf(this.requests);
	}

	/**
	 * Refuse requests from now on.
	 * @param status the status
	 * @param headers further headers of the response
	 */
	public void refuse(int status, String... headers) {
		this.answer = "HTTP/1.1 " + status + " Refused\r\nContent-Length: 0\r\n"
				+ String.join("", List.of(headers).stream().map((header) -> header + "\r\n").toList()) + "\r\n";
	}

	/**
	 * Accept requests from now on, but never answer them.
	 */
	public void mute() {
		this.answer = "";
	}

	/**
	 * Return a selector that chooses this proxy for every URL. Sockets call the selector
	 * too.
	 * @param asked receives the URLs that the selector is called with
	 */
	public ProxySelector selector(List<URI> asked) {
		return new ProxySelector() {

			@Override
			public List<Proxy> select(URI uri) {
				if (uri.getScheme().equals("socket")) {
					return List.of(Proxy.NO_PROXY);
				}
				asked.add(uri);
				return List
					.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), port())));
			}

			@Override
			public void connectFailed(URI uri, SocketAddress address, IOException failure) {
			}

		};
	}

	private void accept() {
		while (!this.serverSocket.isClosed()) {
			try {
				Socket client = this.serverSocket.accept();
				this.sockets.add(client);
				start(() -> serve(client));
			}
			catch (IOException ex) {
				if (!this.serverSocket.isClosed()) {
					throw new IllegalStateException(ex);
				}
			}
		}
	}

	private void serve(Socket client) {
		try {
			byte[] head = readHead(client.getInputStream());
			String request = new String(head, StandardCharsets.US_ASCII);
			this.requests.add(request);
			String answer = this.answer;
			boolean tunnel = request.startsWith("CONNECT ");
			if (tunnel || !answer.equals(ESTABLISHED)) {
				client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
			}
			if (answer.equals(ESTABLISHED)) {
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.targetPort);
				this.sockets.add(server);
				if (!tunnel) {
					server.getOutputStream().write(head);
				}
				start(() -> pump(server, client));
				pump(client, server);
			}
			else if (!answer.isEmpty()) {
				client.close();
			}
		}
		catch (IOException ex) {
			close(client);
		}
	}

	private static byte[] readHead(InputStream in) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		int end = 0;
		while (end < 4) {
			int next = in.read();
			if (next < 0) {
				throw new IOException("No request");
			}
			head.write(next);
			end = (next == ((end % 2 == 0) ? '\r' : '\n')) ? end + 1 : 0;
		}
		return head.toByteArray();
	}

	private void pump(Socket from, Socket to) {
		try {
			from.getInputStream().transferTo(to.getOutputStream());
			to.shutdownOutput();
		}
		catch (IOException ex) {
			close(from);
			close(to);
		}
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.serverSocket.close();
		this.sockets.forEach(ConnectProxy::close);
	}

}
