package io.github.heartbeat.internal.client;

import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.test.internal.InMemoryConnection;
import io.github.heartbeat.test.internal.InMemoryContainerSupport;
import io.github.heartbeat.test.internal.InMemoryHandshake;
import io.github.heartbeat.test.internal.InMemoryServer;
import io.github.heartbeat.test.internal.RefusedHandshakeException;
import jakarta.websocket.DeploymentException;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

/**
 * An in-memory server that behaves as the test specifies. Everything that a container
 * would report arrives on the thread of the test.
 */
final class FakeNetwork implements InMemoryServer {

	private final InMemoryContainerSupport container = new InMemoryContainerSupport(this, () -> Runnable::run);

	private final List<Peer> peers = new ArrayList<>();

	private final Map<InMemoryConnection, Peer> peersByConnection = new HashMap<>();

	private final List<InMemoryHandshake> handshakes = new ArrayList<>();

	private Mode mode = Mode.ACCEPT;

	private DeploymentException refusal = new DeploymentException("refused", new ConnectException("refused"));

	private boolean answers = true;

	private long batchBytes;

	private boolean answersCloses = true;

	private BooleanSupplier readingBlocked = () -> false;

	private final Deque<Runnable> unread = new ArrayDeque<>();

	/**
	 * Return the container whose connections end in this network.
	 */
	ContainerSupport container() {
		return this.container;
	}

	void mode(Mode mode) {
		this.mode = mode;
	}

	/**
	 * Refuse handshakes with an HTTP status.
	 */
	void refuse(int status) {
		this.mode = Mode.REFUSE;
		this.refusal = new RefusedHandshakeException(status);
	}

	void answers(boolean answers) {
		this.answers = answers;
	}

	/**
	 * Buffer received data while the thread of the container would be blocked. In these
	 * tests, that thread is the test thread.
	 */
	void readingBlocked(BooleanSupplier readingBlocked) {
		this.readingBlocked = readingBlocked;
	}

	/**
	 * Receive the buffered data, as far as that is currently possible.
	 */
	void read() {
		while (!this.readingBlocked.getAsBoolean() && !this.unread.isEmpty()) {
			this.unread.poll().run();
		}
	}

	void answersCloses(boolean answersCloses) {
		this.answersCloses = answersCloses;
	}

	void batchBytes(long batchBytes) {
		this.batchBytes = batchBytes;
	}

	/**
	 * Return the peers of all connections, in the order in which they were opened.
	 */
	List<Peer> peers() {
		return this.peers;
	}

	Peer lastPeer() {
		return this.peers.get(this.peers.size() - 1);
	}

	/**
	 * Return the handshakes of all attempts. A test can accept one that hangs.
	 */
	List<InMemoryHandshake> handshakes() {
		return this.handshakes;
	}

	@Override
	public void handshake(InMemoryHandshake handshake) throws DeploymentException {
		this.handshakes.add(handshake);
		switch (this.mode) {
			case ACCEPT -> handshake.accept();
			case REFUSE -> throw this.refusal;
			case HANG -> {
			}
		}
	}

	@Override
	public void connected(InMemoryConnection connection) {
		Peer peer = new Peer(connection);
		this.peers.add(peer);
		this.peersByConnection.put(connection, peer);
	}

	private Peer peer(InMemoryConnection connection) {
		return this.peersByConnection.get(connection);
	}

	@Override
	public void received(InMemoryConnection connection, WebSocketMessage<?> message) {
		peer(connection).received(message);
	}

	@Override
	public void heartbeat(InMemoryConnection connection, WebSocketMessage<?> heartbeat) {
		peer(connection).writes.add(1);
		peer(connection).received(heartbeat);
	}

	@Override
	public void closed(InMemoryConnection connection, CloseStatus status) {
		peer(connection).written.add("CLOSE " + status.getCode());
		if (this.answersCloses) {
			connection.closeSocket();
		}
	}

	@Override
	public void aborted(InMemoryConnection connection) {
		Peer peer = peer(connection);
		peer.whenAborted.run();
		peer.aborted = true;
	}

	@Override
	public long batchBytes() {
		return this.batchBytes;
	}

	@Override
	public void batch(InMemoryConnection connection, int size) {
		peer(connection).writes.add(size);
	}

	enum Mode {

		ACCEPT, REFUSE, HANG

	}

	/**
	 * The peer of one connection.
	 */
	final class Peer {

		private final InMemoryConnection connection;

		private final List<String> written = new ArrayList<>();

		private final List<Integer> writes = new ArrayList<>();

		Error failure;

		Runnable whenWritten = () -> {
		};

		Runnable whenAborted = () -> {
		};

		private boolean aborted;

		Peer(InMemoryConnection connection) {
			this.connection = connection;
		}

		/**
		 * Return what the client has written, including heartbeats and close frames.
		 */
		List<String> written() {
			return this.written;
		}

		/**
		 * Return the number of messages in each write, which is 1 for a heartbeat.
		 */
		List<Integer> writes() {
			return this.writes;
		}

		boolean isLive() {
			return !this.connection.isGone();
		}

		boolean isAborted() {
			return this.aborted;
		}

		/**
		 * Deliver a text message to the client, also after the end of the connection.
		 */
		void send(String text) {
			if (FakeNetwork.this.readingBlocked.getAsBoolean()) {
				FakeNetwork.this.unread.add(() -> send(text));
				return;
			}
			this.connection.deliver(text);
		}

		void send(byte[] bytes) {
			this.connection.deliver(ByteBuffer.wrap(bytes));
		}

		/**
		 * Close the connection, and report this to the client even if it has ended.
		 */
		void close(int code) {
			closeSocket();
			this.connection.reportClose(code);
		}

		/**
		 * Close the connection, and report nothing yet.
		 */
		void closeSocket() {
			this.connection.closeSocket();
		}

		/**
		 * Report an error and the end of the connection, as containers do.
		 */
		void drop() {
			error();
			close(1006);
		}

		/**
		 * Report an error, and not the end of the connection.
		 */
		void error() {
			this.connection.reportError();
		}

		private void received(WebSocketMessage<?> message) {
			if (this.failure != null) {
				throw this.failure;
			}
			this.whenWritten.run();
			this.written.add(String.valueOf(message.getPayload()));
			if (FakeNetwork.this.answers) {
				send("answer to " + message.getPayload());
			}
		}

	}

}
