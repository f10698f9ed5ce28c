package io.github.heartbeat.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network between a client and a server that fails on demand. Connections pass through
 * until a fault is applied to them.
 */
public final class FaultProxy implements AutoCloseable {

	/** The position at which the answer to the upgrade is cut: before its status. */
	private static final int UPGRADE_CUT = "HTTP/1.1 ".length();

	private static final int DELAY_MILLIS = 60;

	private static final int THROTTLED_PIECE = 256;

	private final ServerSocket serverSocket;

	private final int targetPort;

	private final List<Connection> connections = new ArrayList<>();

	private Fault fault;

	private Stage stage;

	public FaultProxy(int targetPort) throws IOException {
		this.targetPort = targetPort;
		this.serverSocket = new ServerSocket();
		this.serverSocket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
		start("fault-proxy-accept", this::accept);
	}

	private static void start(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
	}

	public int port() {
		return this.serverSocket.getLocalPort();
	}

	public String url() {
		return "ws://localhost:" + port() + "/test";
	}

	/**
	 * Apply a fault to every new connection when it reaches the given stage, or to the
	 * currently open connections.
	 */
	public synchronized void apply(Fault fault, Stage stage) {
		if (stage == Stage.OPEN) {
			live().forEach((connection) -> connection.strike(fault));
		}
		else {
			this.fault = fault;
			this.stage = stage;
		}
	}

	/**
	 * Stop applying faults. Affected connections stay broken, except those that were only
	 * slow or not read.
	 */
	public synchronized void heal() {
		this.fault = null;
		this.stage = null;
		this.connections.forEach(Connection::heal);
	}

	private List<Connection> live() {
		return this.connections.stream().filter((connection) -> !connection.closed).toList();
	}

	/**
	 * Return the local ports of the clients whose upgrade has passed through this proxy
	 * and whose connection the proxy has not closed.
	 */
	public synchronized Set<Integer> upgradedPorts() {
		Set<Integer> ports = new HashSet<>();
		live().stream()
			.filter((connection) -> connection.upgraded)
			.forEach((connection) -> ports.add(connection.client.getPort()));
		return ports;
	}

	private void accept() {
		while (!this.serverSocket.isClosed()) {
			try {
				Connection connection = new Connection(this.serverSocket.accept());
				synchronized (this) {
					this.connections.add(connection);
					connection.pending = (this.stage == Stage.UPGRADE) ? this.fault : null;
					if (this.stage == Stage.CONNECT) {
						connection.strike(this.fault);
					}
				}
				start("fault-proxy-connection", connection::run);
			}
			catch (IOException ex) {
				if (!this.serverSocket.isClosed()) {
					throw new IllegalStateException(ex);
				}
			}
		}
	}

	@Override
	public void close() throws IOException {
		this.serverSocket.close();
		synchronized (this) {
			this.connections.forEach(Connection::close);
		}
	}

	/**
	 * Faults of a connection.
	 */
	public enum Fault {

		/** All data is accepted and nothing is forwarded. */
		DROP,

		/** All data arrives late. */
		DELAY,

		/** All data arrives in small pieces. */
		THROTTLE,

		/** Both sides see the end of the stream. */
		FIN,

		/** Both sides see a reset. */
		RST,

		/** Nothing is read from either side. */
		STOP_READING,

		/** Some bits of the next byte from the server are flipped. */
		CORRUPT,

		/** The client sees the end of the stream and can continue to write. */
		HALF_CLOSE

	}

	/**
	 * The stage at which a fault occurs.
	 */
	public enum Stage {

		/** When the connection is accepted. */
		CONNECT,

		/** During the answer to the upgrade. */
		UPGRADE,

		/** Immediately. */
		OPEN

	}

	private final class Connection {

		private final Socket client;

		private final Socket server = new Socket();

		private final CountDownLatch end = new CountDownLatch(1);

		private final AtomicInteger streams = new AtomicInteger(2);

		private volatile Fault pending;

		private volatile Fault fault;

		private volatile boolean corrupting;

		private volatile boolean upgraded;

		private volatile boolean closed;

		Connection(Socket client) throws IOException {
			this.client = client;
			client.setTcpNoDelay(true);
		}

		void run() {
			try {
				this.server.setTcpNoDelay(true);
				this.server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), FaultProxy.this.targetPort),
						5000);
			}
			catch (IOException ex) {
				reset();
				return;
			}
			start("fault-proxy-upstream", () -> pump(this.client, this.server, false));
			pump(this.server, this.client, true);
		}

		private void pump(Socket from, Socket to, boolean answers) {
			byte[] buffer = new byte[8192];
			long passed = 0;
			try {
				InputStream in = from.getInputStream();
				OutputStream out = to.getOutputStream();
				while (true) {
					awaitReading();
					int count = in.read(buffer);
					awaitReading();
					if (count < 0) {
						to.shutdownOutput();
						endOfStream();
						return;
					}
					int start = 0;
					if (answers && passed < UPGRADE_CUT && this.pending != null) {
						start = (int) Math.min(count, UPGRADE_CUT - passed);
						out.write(buffer, 0, start);
						strike(this.pending);
						awaitReading();
					}
					passed += count;
					if (pass(buffer, start, count - start, out, answers) && answers && passed > UPGRADE_CUT) {
						this.upgraded = true;
					}
				}
			}
			catch (IOException ex) {
				close();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private void endOfStream() {
			if (this.streams.decrementAndGet() == 0) {
				close();
			}
		}

		private synchronized void awaitReading() throws InterruptedException {
			while (this.fault == Fault.STOP_READING && !this.closed) {
				wait();
			}
		}

		private boolean pass(byte[] buffer, int start, int count, OutputStream out, boolean answers)
				throws IOException, InterruptedException {
			if (answers && this.corrupting && count > 0) {
				this.corrupting = false;
				buffer[start] ^= 0x70;
			}
			if (this.fault == Fault.DROP || this.fault == Fault.FIN || (answers && this.fault == Fault.HALF_CLOSE)) {
				return false;
			}
			int piece = (this.fault == Fault.THROTTLE) ? THROTTLED_PIECE : count;
			for (int at = 0; at < count; at += piece) {
				if (this.fault == Fault.DELAY || this.fault == Fault.THROTTLE) {
					this.end.await((this.fault == Fault.DELAY) ? DELAY_MILLIS : 1, TimeUnit.MILLISECONDS);
				}
				out.write(buffer, start + at, Math.min(piece, count - at));
			}
			return true;
		}

		void strike(Fault fault) {
			this.pending = null;
			switch (fault) {
				case FIN, HALF_CLOSE -> end(fault);
				case RST -> reset();
				case CORRUPT -> this.corrupting = true;
				default -> set(fault);
			}
		}

		private synchronized void set(Fault fault) {
			this.fault = fault;
			notifyAll();
		}

		void heal() {
			this.pending = null;
			this.corrupting = false;
			if (this.fault == Fault.DELAY || this.fault == Fault.THROTTLE || this.fault == Fault.STOP_READING) {
				set(null);
			}
		}

		/**
		 * Remaining data is read, because the operating system otherwise sends a reset.
		 */
		private void end(Fault fault) {
			set(fault);
			try {
				this.client.shutdownOutput();
				if (fault == Fault.FIN) {
					this.server.shutdownOutput();
				}
			}
			catch (IOException ex) {
				close();
			}
		}

		private void reset() {
			try {
				this.client.setSoLinger(true, 0);
				this.server.setSoLinger(true, 0);
			}
			catch (IOException ex) {
				// The socket is already closed, as intended.
			}
			close();
		}

		void close() {
			this.closed = true;
			this.end.countDown();
			set(null);
			try {
				this.client.close();
				this.server.close();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
