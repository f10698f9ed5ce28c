package io.github.heartbeat.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import org.awaitility.Awaitility;

/**
 * A WebSocket server on a real socket. Its protocol code is written by hand so that a
 * test can make it violate the protocol in any way. Each connection has a thread and a
 * {@link Behaviour}.
 */
public final class TestServer implements AutoCloseable {

	/** Opcode of the fragments of a message after its first. */
	public static final int CONTINUATION = 0x0;

	/** Opcode of a text message. */
	public static final int TEXT = 0x1;

	/** Opcode of a binary message. */
	public static final int BINARY = 0x2;

	/** Opcode of a close. */
	public static final int CLOSE = 0x8;

	/** Opcode of a ping. */
	public static final int PING = 0x9;

	/** Opcode of a pong. */
	public static final int PONG = 0xA;

	/** The bit of the first byte that indicates that no fragment follows. */
	public static final int FIN = 0x80;

	private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	/** The servers in this JVM by their ports. */
	private static final Map<Integer, TestServer> servers = new ConcurrentHashMap<>();

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final List<Connection> connections = new ArrayList<>();

	private final InetAddress address;

	private final int port;

	private volatile ServerSocket serverSocket;

	private volatile Thread acceptor;

	private volatile Socket placeholder = new Socket();

	private volatile ServerSocket unanswering = new ServerSocket();

	private final List<Socket> waiting = new CopyOnWriteArrayList<>();

	private volatile Behaviour behaviour;

	private volatile boolean compressing;

	public TestServer(Behaviour behaviour) throws IOException {
		this(behaviour, InetAddress.getLoopbackAddress());
	}

	/**
	 * Create a server that listens on another address than the one in {@link #url()}.
	 */
	public TestServer(Behaviour behaviour, InetAddress address) throws IOException {
		this.behaviour = behaviour;
		this.address = address;
		this.serverSocket = listen(0);
		this.port = this.serverSocket.getLocalPort();
		servers.put(this.port, this);
	}

	private ServerSocket listen(int port) throws IOException {
		return acceptFrom(bind(port, 256));
	}

	private ServerSocket bind(int port, int backlog) throws IOException {
		ServerSocket socket = new ServerSocket();
		socket.setReuseAddress(true);
		socket.bind(new InetSocketAddress(this.address, port), backlog);
		return socket;
	}

	private ServerSocket acceptFrom(ServerSocket socket) {
		Thread thread = new Thread(() -> accept(socket), "test-server-accept");
		thread.setDaemon(true);
		thread.start();
		this.acceptor = thread;
		return socket;
	}

	private void accept(ServerSocket socket) {
		while (!socket.isClosed()) {
			try {
				serve(socket.accept());
			}
			catch (IOException ex) {
				if (!socket.isClosed()) {
					throw new IllegalStateException(ex);
				}
			}
		}
	}

	private void serve(Socket socket) throws IOException {
		Connection connection = new Connection(socket, this.behaviour);
		synchronized (this.connections) {
			this.connections.add(connection);
		}
		Thread thread = new Thread(connection, "test-server-connection");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Connect to the server in this JVM that listens on a port, without its server
	 * socket.
	 * @param socket the server's end of the connection
	 * @throws ConnectException if there is no such server or it refuses connections
	 */
	static void connect(int port, Socket socket) throws IOException {
		TestServer server = servers.get(port);
		if (server == null || server.serverSocket.isClosed()) {
			throw new ConnectException();
		}
		server.serve(socket);
	}

	public String url() {
		return "ws://localhost:" + this.port + "/test";
	}

	/**
	 * Return the URL for behaviours that start with TLS.
	 */
	public String secureUrl() {
		return url().replace("ws:", "wss:");
	}

	public int port() {
		return this.port;
	}

	/**
	 * Delay the server.
	 */
	public static void pause(long millis) throws InterruptedException {
		new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
	}

	/**
	 * Set the behaviour of connections that are accepted from now on.
	 */
	public void behave(Behaviour behaviour) {
		this.behaviour = behaviour;
	}

	/**
	 * Set the behaviour of connections that are accepted from now on, with a different
	 * behaviour for the first one. The first connection is the first one that is used,
	 * because Jetty may open one in advance.
	 */
	public void behave(Behaviour first, Behaviour others) {
		AtomicBoolean begun = new AtomicBoolean();
		behave((connection) -> {
			connection.awaitUse();
			(begun.compareAndSet(false, true) ? first : others).serve(connection);
		});
	}

	/**
	 * Accept permessage-deflate from now on whenever it is offered.
	 */
	public void compress() {
		this.compressing = true;
	}

	/**
	 * Return a text that compression makes hardly smaller.
	 */
	public static String incompressible(int length) {
		byte[] bytes = new byte[length];
		new Random(1).nextBytes(bytes);
		return Base64.getEncoder().encodeToString(bytes).substring(0, length);
	}

	/**
	 * Refuse TCP connections. The port stays bound, because tests run concurrently and
	 * another server could otherwise answer on it.
	 */
	public void refuse() throws IOException {
		this.serverSocket.close();
		Awaitility.await().pollInSameThread().pollInterval(Duration.ofMillis(1)).until(() -> !this.acceptor.isAlive());
		Socket placeholder = new Socket();
		placeholder.setReuseAddress(true);
		placeholder.bind(new InetSocketAddress(this.address, this.port));
		this.placeholder = placeholder;
	}

	/**
	 * Leave TCP connects unanswered: the accept queue is full, and the server accepts
	 * nothing from it.
	 */
	public void answerNoConnects() throws IOException {
		refuse();
		this.unanswering = bind(this.port, 1);
		this.placeholder.close();
		boolean answered = true;
		while (answered) {
			Socket socket = new Socket();
			this.waiting.add(socket);
			try {
				socket.connect(this.unanswering.getLocalSocketAddress(), 300);
			}
			catch (SocketTimeoutException ex) {
				answered = false;
			}
		}
	}

	public void acceptAgain() throws IOException {
		this.serverSocket = this.unanswering.isBound() ? acceptFrom(this.unanswering) : listen(this.port);
		this.placeholder.close();
	}

	public List<Connection> connections() {
		synchronized (this.connections) {
			return List.copyOf(this.connections);
		}
	}

	/**
	 * Wait for the n-th connection and return it.
	 */
	public Connection connection(int number) {
		Awaitility.await("connection " + number)
			.pollInSameThread()
			.atMost(Duration.ofSeconds(10))
			.pollInterval(Duration.ofMillis(2))
			.until(() -> connections().size() >= number);
		return connections().get(number - 1);
	}

	@Override
	public void close() throws IOException {
		this.stopped.countDown();
		servers.remove(this.port, this);
		this.serverSocket.close();
		this.placeholder.close();
		this.unanswering.close();
		for (Socket socket : this.waiting) {
			socket.close();
		}
		for (Connection connection : connections()) {
			connection.socket.close();
		}
	}

	/**
	 * Return the bytes of a frame, valid or invalid.
	 * @param first the first byte: {@link #FIN}, reserved bits and opcode
	 * @param payload the payload
	 */
	public static byte[] frame(int first, byte[] payload) {
		byte[] header = frameHeader(first, payload.length);
		byte[] frame = Arrays.copyOf(header, header.length + payload.length);
		System.arraycopy(payload, 0, frame, header.length, payload.length);
		return frame;
	}

	/**
	 * Return the header of a frame, which announces a payload.
	 * @param first the first byte
	 * @param length the length of the payload; its top bit may be set
	 */
	public static byte[] frameHeader(int first, long length) {
		ByteBuffer header = ByteBuffer.allocate(10).put((byte) first);
		if (length >= 0 && length < 126) {
			header.put((byte) length);
		}
		else if (length >= 0 && length < 65536) {
			header.put((byte) 126).putShort((short) length);
		}
		else {
			header.put((byte) 127).putLong(length);
		}
		return Arrays.copyOf(header.array(), header.position());
	}

	/**
	 * Defines how the server treats a connection.
	 */
	@FunctionalInterface
	public interface Behaviour {

		/** Echo messages and answer pings and closes. */
		Behaviour ECHO = (connection) -> {
			connection.upgrade();
			connection.echo();
		};

		/** Accept and read, but never send anything, including pongs. */
		Behaviour SILENT = (connection) -> {
			connection.upgrade();
			connection.readSilently();
		};

		/** Accept and never read. */
		Behaviour FROZEN = (connection) -> {
			connection.upgrade();
			connection.park();
		};

		/** Accept and drop immediately. */
		Behaviour DROPPING = (connection) -> {
			connection.upgrade();
			connection.socket.close();
		};

		/** Accept the TCP connection and never answer the upgrade. */
		Behaviour MUTE = Connection::park;

		/**
		 * Perform a TLS handshake before the behaviour.
		 */
		static Behaviour tls(SSLContext sslContext, Behaviour behaviour) {
			return (connection) -> {
				connection.startTls(sslContext);
				behaviour.serve(connection);
			};
		}

		/**
		 * Perform a TLS handshake that requests a client certificate.
		 */
		static Behaviour mutualTls(SSLContext sslContext, Behaviour behaviour) {
			return (connection) -> {
				connection.startTls(sslContext, true);
				behaviour.serve(connection);
			};
		}

		/**
		 * Accept, write these bytes and then send nothing more.
		 */
		static Behaviour writing(byte[] bytes) {
			return (connection) -> {
				connection.upgrade();
				connection.write(bytes);
				connection.readSilently();
			};
		}

		static Behaviour closing(int code) {
			return (connection) -> {
				connection.upgrade();
				connection.close(code);
				connection.readSilently();
			};
		}

		static Behaviour status(int status, String... headers) {
			return (connection) -> {
				connection.readRequest();
				StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + " Refused\r\nContent-Length: 0\r\n");
				for (String header : headers) {
					answer.append(header).append("\r\n");
				}
				connection.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
				connection.socket.close();
			};
		}

		void serve(Connection connection) throws IOException, InterruptedException;

	}

	/**
	 * Server side of one connection.
	 */
	public final class Connection implements Runnable {

		private final Socket socket;

		private final Behaviour behaviour;

		private final PushbackInputStream rawIn;

		/** The socket, or the TLS layer on top of it. */
		private Socket stream;

		private DataInputStream in;

		private OutputStream out;

		private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

		private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

		private final CountDownLatch thawed = new CountDownLatch(1);

		private final CountDownLatch ended = new CountDownLatch(1);

		private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();

		private final AtomicInteger pongs = new AtomicInteger();

		private int messageOpcode;

		private boolean messageCompressed;

		private final AtomicInteger compressedMessages = new AtomicInteger();

		private volatile PerMessageDeflate compression;

		private volatile SSLSession tlsSession;

		private volatile String requestLine = "";

		private volatile long requestedAt;

		private volatile long lastWrite;

		private volatile long endedAt;

		private volatile boolean closeAnswered;

		Connection(Socket socket, Behaviour behaviour) throws IOException {
			this.socket = socket;
			this.behaviour = behaviour;
			this.stream = socket;
			this.rawIn = new PushbackInputStream(socket.getInputStream());
			this.in = new DataInputStream(new BufferedInputStream(this.rawIn));
			this.out = socket.getOutputStream();
			socket.setTcpNoDelay(true);
		}

		/**
		 * Wait for the first byte without reading it.
		 */
		public void awaitUse() throws IOException {
			int first = this.rawIn.read();
			if (first < 0) {
				throw new EOFException();
			}
			this.rawIn.unread(first);
		}

		/**
		 * Run another behaviour on this connection at the same time.
		 */
		public void alongside(Behaviour behaviour) {
			Thread thread = new Thread(() -> {
				try {
					behaviour.serve(this);
				}
				catch (IOException ex) {
					this.received.add("WRITE FAILED");
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}, "test-server-alongside");
			thread.setDaemon(true);
			thread.start();
		}

		/**
		 * Perform the TLS handshake. From now on, reads and writes are encrypted, while
		 * {@link #drop()} and {@link #reset()} still act on TCP.
		 */
		public void startTls(SSLContext sslContext) throws IOException {
			startTls(sslContext, false);
		}

		private void startTls(SSLContext sslContext, boolean mutual) throws IOException {
			awaitUse();
			InputStream consumed = new ByteArrayInputStream(new byte[] { (byte) this.rawIn.read() });
			SSLSocket tls = (SSLSocket) sslContext.getSocketFactory().createSocket(this.socket, consumed, true);
			tls.setUseClientMode(false);
			tls.setNeedClientAuth(mutual);
			tls.startHandshake();
			this.tlsSession = tls.getSession();
			this.stream = tls;
			this.in = new DataInputStream(new BufferedInputStream(tls.getInputStream()));
			this.out = tls.getOutputStream();
		}

		@Override
		public void run() {
			try {
				this.behaviour.serve(this);
			}
			catch (EOFException ex) {
				this.received.add("EOF");
			}
			catch (IOException ex) {
				this.received.add(this.socket.isClosed() ? "CLOSED" : "RESET");
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				this.endedAt = System.nanoTime();
				this.ended.countDown();
			}
		}

		/**
		 * Read the handshake request.
		 */
		public void readRequest() throws IOException {
			this.requestLine = readLine();
			this.requestedAt = System.nanoTime();
			for (String line = readLine(); !line.isEmpty(); line = readLine()) {
				int colon = line.indexOf(':');
				this.headers.merge(line.substring(0, colon).trim(), line.substring(colon + 1).trim(),
						(first, second) -> first + ", " + second);
			}
		}

		private String readLine() throws IOException {
			StringBuilder line = new StringBuilder();
			for (int c = this.in.readUnsignedByte(); c != '\n'; c = this.in.readUnsignedByte()) {
				if (c != '\r') {
					line.append((char) c);
				}
			}
			return line.toString();
		}

		/**
		 * Read the request and accept it.
		 */
		public void upgrade() throws IOException {
			readRequest();
			write(acceptance());
		}

		/**
		 * Read the request and accept it with an answer to the offer of extensions.
		 * @param extensions the header with the answer
		 */
		public void upgradeWith(String extensions) throws IOException {
			readRequest();
			write(acceptance(extensions));
		}

		/**
		 * Return the response that accepts the handshake.
		 */
		public byte[] acceptance() {
			boolean compressed = TestServer.this.compressing && this.headers.containsKey("Sec-WebSocket-Extensions");
			return acceptance(compressed ? "permessage-deflate" : "");
		}

		/**
		 * Return the response that accepts the handshake with an answer to the offer of
		 * extensions.
		 */
		public byte[] acceptance(String extensions) {
			if (!extensions.isEmpty()) {
				this.compression = new PerMessageDeflate(extensions);
			}
			String protocol = this.headers.get("Sec-WebSocket-Protocol");
			return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ ((protocol != null) ? "Sec-WebSocket-Protocol: " + protocol.split(",")[0].trim() + "\r\n" : "")
					+ (extensions.isEmpty() ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n")
					+ "Sec-WebSocket-Accept: " + accept(this.headers.get("Sec-WebSocket-Key")) + "\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII);
		}

		private static String accept(String key) {
			try {
				MessageDigest digest = MessageDigest.getInstance("SHA-1");
				return Base64.getEncoder()
					.encodeToString(digest.digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII)));
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException(ex);
			}
		}

		public void echo() throws IOException {
			while (true) {
				Frame frame = readFrame();
				switch (frame.opcode()) {
					case TEXT -> text(note(frame));
					case BINARY -> {
						this.received.add("BINARY " + frame.payload().length);
						frame(BINARY, frame.payload());
					}
					case PING -> {
						this.received.add("PING " + text(frame));
						frame(PONG, frame.payload());
					}
					case CLOSE -> {
						noteClose(frame);
						frame(CLOSE, frame.payload());
						this.stream.close();
						return;
					}
					case PONG -> this.pongs.incrementAndGet();
					default -> {
					}
				}
			}
		}

		/**
		 * Echo each text message after a delay.
		 */
		public void echoAfter(long millis) throws IOException, InterruptedException {
			while (true) {
				Frame frame = readFrame();
				if (frame.opcode() == TEXT) {
					String text = note(frame);
					pause(millis);
					text(text);
				}
			}
		}

		public void readSilently() throws IOException {
			while (true) {
				Frame frame = readFrame();
				switch (frame.opcode()) {
					case TEXT -> note(frame);
					case PING -> this.received.add("PING " + text(frame));
					case CLOSE -> noteClose(frame);
					case PONG -> this.pongs.incrementAndGet();
					default -> {
					}
				}
			}
		}

		/**
		 * Read a text message without recording it, for behaviours that record and answer
		 * messages themselves. Pings and a close are answered.
		 */
		public String readText() throws IOException {
			while (true) {
				Frame frame = readFrame();
				switch (frame.opcode()) {
					case TEXT -> {
						return text(frame);
					}
					case PING -> frame(PONG, frame.payload());
					case CLOSE -> {
						this.closeAnswered = true;
						frame(CLOSE, frame.payload());
						this.socket.close();
						throw new EOFException();
					}
					default -> {
					}
				}
			}
		}

		/**
		 * Read a message and skip the heartbeats before it.
		 */
		public byte[] readBinary() throws IOException {
			Frame frame = readFrame();
			while (frame.opcode() != BINARY) {
				frame = readFrame();
			}
			return frame.payload();
		}

		private String note(Frame frame) {
			String text = text(frame);
			this.received.add("TEXT " + text);
			return text;
		}

		private void noteClose(Frame frame) {
			int code = (frame.payload().length >= 2) ? ByteBuffer.wrap(frame.payload()).getShort() & 0xFFFF : 1005;
			this.received.add("CLOSE " + code);
		}

		private static String text(Frame frame) {
			return new String(frame.payload(), StandardCharsets.UTF_8);
		}

		/**
		 * Do nothing until {@link #thaw()} is called, then read to the end.
		 */
		public void park() throws IOException, InterruptedException {
			this.thawed.await();
			this.in.transferTo(OutputStream.nullOutputStream());
			throw new EOFException();
		}

		/**
		 * Start to read after {@link #park()}.
		 */
		public void thaw() {
			this.thawed.countDown();
		}

		public void text(String text) throws IOException {
			frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
		}

		public void binary(byte[] bytes) throws IOException {
			frame(BINARY, bytes);
		}

		public void pong() throws IOException {
			frame(PONG, new byte[0]);
		}

		public void close(int code) throws IOException {
			frame(CLOSE, ByteBuffer.allocate(2).putShort((short) code).array());
		}

		/**
		 * Send RST.
		 */
		public void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}

		/**
		 * Send close_notify if TLS is active, then FIN.
		 */
		public void closeStream() throws IOException {
			this.stream.close();
		}

		/**
		 * Send FIN without a close frame.
		 */
		public void drop() throws IOException {
			this.socket.close();
		}

		private synchronized void frame(int opcode, byte[] payload) throws IOException {
			PerMessageDeflate compression = this.compression;
			if (compression != null && opcode < CLOSE) {
				write(TestServer.frame(FIN | PerMessageDeflate.RSV1 | opcode, compression.deflate(payload)));
				return;
			}
			write(TestServer.frame(FIN | opcode, payload));
		}

		public synchronized void write(byte[] bytes) throws IOException {
			this.lastWrite = System.nanoTime();
			this.out.write(bytes);
			this.out.flush();
		}

		/**
		 * Write directly to TCP, bypassing TLS.
		 */
		public void writeRaw(byte[] bytes) throws IOException {
			this.socket.getOutputStream().write(bytes);
		}

		/**
		 * Read a control frame or a complete message, which clients may send in
		 * fragments.
		 */
		private Frame readFrame() throws IOException {
			while (true) {
				Frame frame = readFragment();
				if (frame.opcode() >= CLOSE) {
					return frame;
				}
				if (frame.opcode() != 0) {
					this.messageOpcode = frame.opcode();
					this.messageCompressed = frame.compressed();
				}
				this.fragments.writeBytes(frame.payload());
				if (frame.last()) {
					byte[] payload = this.fragments.toByteArray();
					this.fragments.reset();
					if (this.messageCompressed) {
						this.compressedMessages.incrementAndGet();
						payload = this.compression.inflate(payload);
					}
					return new Frame(this.messageOpcode, true, false, payload);
				}
			}
		}

		private Frame readFragment() throws IOException {
			int first = this.in.readUnsignedByte();
			int second = this.in.readUnsignedByte();
			long length = second & 0x7F;
			if (length == 126) {
				length = this.in.readUnsignedShort();
			}
			else if (length == 127) {
				length = this.in.readLong();
			}
			byte[] mask = new byte[4];
			this.in.readFully(mask);
			byte[] payload = new byte[Math.toIntExact(length)];
			this.in.readFully(payload);
			for (int i = 0; i < payload.length; i++) {
				payload[i] ^= mask[i & 3];
			}
			return new Frame(first & 0x0F, (first & 0x80) != 0, (first & PerMessageDeflate.RSV1) != 0, payload);
		}

		public Map<String, String> headers() {
			return this.headers;
		}

		/**
		 * Return the number of received messages that were compressed.
		 */
		public int compressedMessages() {
			return this.compressedMessages.get();
		}

		/**
		 * Return the number of received pongs.
		 */
		public int pongs() {
			return this.pongs.get();
		}

		/**
		 * Return the session of the TLS handshake, if the handshake is complete.
		 */
		public SSLSession tlsSession() {
			return this.tlsSession;
		}

		public String requestLine() {
			return this.requestLine;
		}

		/**
		 * Return the time of the request, by {@link System#nanoTime()}.
		 */
		public long requestedAt() {
			return this.requestedAt;
		}

		/**
		 * Return the time of the last write, by {@link System#nanoTime()}.
		 */
		public long lastWrite() {
			return this.lastWrite;
		}

		/**
		 * Wait for the next event and return it: {@code TEXT …}, {@code PING …},
		 * {@code CLOSE
		 * code}, {@code EOF} or {@code RESET}.
		 */
		public String next() throws InterruptedException {
			String next = this.received.poll(20, TimeUnit.SECONDS);
			return (next != null) ? next : "NOTHING";
		}

		/**
		 * Return the received events that {@link #next()} has not returned.
		 */
		public List<String> received() {
			return List.copyOf(this.received);
		}

		/**
		 * Wait until the peer has ended the connection.
		 * @return the time of the end, by {@link System#nanoTime()}
		 */
		public long awaitEnd() throws InterruptedException {
			if (!this.ended.await(20, TimeUnit.SECONDS)) {
				throw new AssertionError("The peer did not end the connection");
			}
			return this.endedAt;
		}

		/**
		 * Whether {@link #readText()} has received a close frame.
		 */
		public boolean hasAnsweredClose() {
			return this.closeAnswered;
		}

		public boolean hasEnded() {
			return this.ended.getCount() == 0;
		}

	}

	private record Frame(int opcode, boolean last, boolean compressed, byte[] payload) {
	}

}
