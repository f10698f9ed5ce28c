package io.github.heartbeat.benchmark.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A server with very low overhead, so that it does not distort the measurements. It uses one
 * thread and creates objects only for messages that it answers. It implements only what the
 * rows need and validates no input, so it is not an example of a server.
 */
final class WebSocketServer {

	/**
	 * Below the ports that operating systems assign to clients. One of the measured clients
	 * could otherwise take the port while the server is down.
	 */
	private static final int LOWEST_PORT = 20_000;

	private static final int PORTS = 10_000;

	private static final int BACKLOG = 4096;

	private static final int BUFFER_SIZE = 256 * 1024;

	private static final long COUNTED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final Selector selector = Selector.open();

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_SIZE);

	private final Set<Peer> peers = new LinkedHashSet<>();

	private final List<Long> accepts = new ArrayList<>();

	private final int port;

	private ServerSocketChannel listener;

	private Answers answers = Answers.ALL;

	private long received;

	private long expected;

	private long firstAt;

	private CompletableFuture<Long> expectation = new CompletableFuture<>();

	private int upgrades;

	private boolean compressing;

	WebSocketServer() throws IOException {
		this.port = listenAnywhere();
		Thread thread = new Thread(this::serve, "benchmark-server");
		thread.setDaemon(true);
		thread.start();
	}

	private int listenAnywhere() throws IOException {
		Random random = new Random();
		while (true) {
			int candidate = LOWEST_PORT + random.nextInt(PORTS);
			try {
				listen(candidate);
				return candidate;
			}
			catch (BindException ex) {
				// Another process uses the port.
			}
		}
	}

	private void listen(int port) throws IOException {
		ServerSocketChannel channel = ServerSocketChannel.open();
		try {
			channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
			channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
			channel.configureBlocking(false);
			channel.register(this.selector, SelectionKey.OP_ACCEPT);
			this.listener = channel;
		}
		catch (IOException ex) {
			channel.close();
			throw ex;
		}
	}

	int port() {
		return this.port;
	}

	private void serve() {
		try {
			while (true) {
				this.selector.select(this::handle);
				for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
					task.run();
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			ex.printStackTrace();
			Runtime.getRuntime().halt(1);
		}
	}

	private void handle(SelectionKey key) {
		try {
			if (key.attachment() instanceof Peer peer) {
				handle(key, peer);
			}
			else if (key.isValid()) {
				accept();
			}
		}
		catch (IOException ex) {
			ex.printStackTrace();
		}
	}

	private void handle(SelectionKey key, Peer peer) {
		try {
			if (key.isValid() && key.isWritable()) {
				peer.flush();
			}
			if (key.isValid() && key.isReadable()) {
				peer.read(this.in);
			}
		}
		catch (IOException ex) {
			drop(peer);
		}
	}

	private void accept() throws IOException {
		for (SocketChannel channel = this.listener.accept(); channel != null; channel = this.listener.accept()) {
			this.accepts.add(System.nanoTime());
			channel.configureBlocking(false);
			channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			SelectionKey key = channel.register(this.selector, SelectionKey.OP_READ);
			Peer peer = new Peer(this, channel, key);
			key.attach(peer);
			this.peers.add(peer);
		}
	}

	void drop(Peer peer) {
		this.peers.remove(peer);
		peer.reset();
	}

	/**
	 * A message arrived.
	 */
	void received() {
		this.received++;
		if (this.received == 1) {
			this.firstAt = System.nanoTime();
		}
		if (this.received == this.expected) {
			this.expectation.complete(System.nanoTime() - this.firstAt);
		}
	}

	boolean answers(byte firstByte) {
		return switch (this.answers) {
			case ALL -> true;
			case NONE -> false;
			case QUESTIONS -> firstByte == '?';
		};
	}

	void upgraded() {
		this.upgrades++;
	}

	void answer(Answers answers) throws Exception {
		call(() -> this.answers = answers);
	}

	/**
	 * Restart the message count at zero.
	 * @return completed when this many messages have arrived, with the time from the first to
	 * the last
	 */
	CompletableFuture<Long> expect(long count) throws Exception {
		return call(() -> {
			this.received = 0;
			this.expected = count;
			this.expectation = new CompletableFuture<>();
			return this.expectation;
		});
	}

	/**
	 * Write the given number of text messages on every connection.
	 */
	void blast(long count, int size) throws Exception {
		call(() -> {
			for (Peer peer : this.peers) {
				if (peer.isUpgraded()) {
					peer.blast(count, size);
				}
			}
			return null;
		});
	}

	/**
	 * Write the given number of messages of a feed on every connection.
	 */
	void blastQuotes(long count) throws Exception {
		call(() -> {
			for (Peer peer : this.peers) {
				if (peer.isUpgraded()) {
					peer.blastQuotes(count);
				}
			}
			return null;
		});
	}

	/**
	 * Accept the compression that later connections offer.
	 */
	void compress() throws Exception {
		call(() -> this.compressing = true);
	}

	boolean isCompressing() {
		return this.compressing;
	}

	/**
	 * Optionally write a text message on every connection, then immediately freeze all of them.
	 * New connections are served.
	 * @return the time at which the freeze was complete
	 */
	long freeze(boolean messageFirst) throws Exception {
		return call(() -> {
			for (Peer peer : this.peers) {
				if (messageFirst && peer.isUpgraded()) {
					peer.write(Frames.text(9));
				}
			}
			this.peers.forEach(Peer::freeze);
			return System.nanoTime();
		});
	}

	/**
	 * Freeze or reset a random share of the connections.
	 */
	void harm(double share, boolean freeze) throws Exception {
		call(() -> {
			Random random = new Random();
			for (Peer peer : List.copyOf(this.peers)) {
				if (random.nextDouble() >= share) {
					continue;
				}
				if (freeze) {
					peer.freeze();
				}
				else {
					drop(peer);
				}
			}
			return null;
		});
	}

	/**
	 * Close every connection and stop listening.
	 */
	void down() throws Exception {
		call(() -> {
			this.listener.close();
			this.selector.selectNow();
			List.copyOf(this.peers).forEach(this::drop);
			return null;
		});
	}

	/**
	 * Listen again.
	 * @return the time since which the server listens
	 */
	long up() throws Exception {
		return call(() -> {
			this.accepts.clear();
			this.upgrades = 0;
			listen(this.port);
			return System.nanoTime();
		});
	}

	/**
	 * Return the number of answered handshakes since the server is up.
	 */
	int upgrades() throws Exception {
		return call(() -> this.upgrades);
	}

	/**
	 * Return the number of accepted connections in the busiest 100 ms since the server is up.
	 */
	int busiestMoment() throws Exception {
		return call(() -> {
			int most = 0;
			int from = 0;
			for (int to = 0; to < this.accepts.size(); to++) {
				while (this.accepts.get(to) - this.accepts.get(from) >= COUNTED_NANOS) {
					from++;
				}
				most = Math.max(most, to - from + 1);
			}
			return most;
		});
	}

	private <T> T call(Callable<T> callable) throws Exception {
		CompletableFuture<T> result = new CompletableFuture<>();
		this.tasks.add(() -> {
			try {
				result.complete(callable.call());
			}
			catch (Exception ex) {
				result.completeExceptionally(ex);
			}
		});
		this.selector.wakeup();
		return result.get(30, TimeUnit.SECONDS);
	}

	/**
	 * The messages that are answered, each with the same message.
	 */
	enum Answers {

		ALL, NONE, QUESTIONS

	}

}
