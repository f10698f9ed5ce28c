package io.github.heartbeat.benchmark.contestant;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.java_websocket.WebSocketImpl;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;

/**
 * Java-WebSocket. Its queue is unbounded, so a sender must check the queue.
 */
final class JavaWebSocketContestant implements Contestant {

	private static final int MOST_QUEUED = 1024;

	private static final long LOOK_AGAIN_NANOS = 50_000;

	private final Target target;

	JavaWebSocketContestant(Target target) {
		this.target = target;
	}

	@Override
	public Connection connect(Receiver receiver) throws Exception {
		Client client = new Client(this.target, receiver);
		if (!client.connectBlocking(30, TimeUnit.SECONDS)) {
			throw new IllegalStateException("No connection");
		}
		return new JavaWebSocketConnection(client, (WebSocketImpl) client.getConnection());
	}

	private record JavaWebSocketConnection(Client client, WebSocketImpl webSocket) implements Connection {

		@Override
		public void send(String text) {
			while (this.webSocket.outQueue.size() > MOST_QUEUED) {
				LockSupport.parkNanos(LOOK_AGAIN_NANOS);
			}
			this.client.send(text);
		}

		@Override
		public void close() {
			this.client.close();
		}

	}

	private static final class Client extends WebSocketClient {

		private final Receiver receiver;

		Client(Target target, Receiver receiver) {
			super(target.uri());
			this.receiver = receiver;
			if (target.timeout() != null) {
				setConnectionLostTimeout((int) target.timeout().toSeconds());
			}
		}

		@Override
		public void onOpen(ServerHandshake handshake) {
			this.receiver.opened();
		}

		@Override
		public void onMessage(String message) {
			this.receiver.received(message);
		}

		@Override
		public void onClose(int code, String reason, boolean remote) {
			this.receiver.ended();
		}

		@Override
		public void onError(Exception failure) {
			failure.printStackTrace();
		}

	}

}
