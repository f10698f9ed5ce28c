package io.github.heartbeat.benchmark.contestant;

import com.neovisionaries.ws.client.WebSocket;
import com.neovisionaries.ws.client.WebSocketAdapter;
import com.neovisionaries.ws.client.WebSocketFactory;
import com.neovisionaries.ws.client.WebSocketFrame;

/**
 * nv-websocket-client. Its queue blocks the sender if a queue size is set.
 */
final class NvContestant implements Contestant {

	private static final int QUEUE_SIZE = 1024;

	private final Target target;

	private final WebSocketFactory factory = new WebSocketFactory();

	NvContestant(Target target) {
		this.target = target;
	}

	@Override
	public Connection connect(Receiver receiver) throws Exception {
		WebSocket webSocket = this.factory.createSocket(this.target.uri())
			.setFrameQueueSize(QUEUE_SIZE)
			.addListener(new Listener(receiver));
		if (this.target.timeout() != null) {
			webSocket.setPingInterval(this.target.timeout().toMillis());
		}
		webSocket.connect();
		receiver.opened();
		return new NvConnection(webSocket);
	}

	private record NvConnection(WebSocket webSocket) implements Connection {

		@Override
		public void send(String text) {
			this.webSocket.sendText(text);
		}

		@Override
		public void close() {
			this.webSocket.disconnect();
		}

	}

	private static final class Listener extends WebSocketAdapter {

		private final Receiver receiver;

		Listener(Receiver receiver) {
			this.receiver = receiver;
		}

		@Override
		public void onTextMessage(WebSocket webSocket, String text) {
			this.receiver.received(text);
		}

		@Override
		public void onDisconnected(WebSocket webSocket, WebSocketFrame serverClose, WebSocketFrame clientClose,
				boolean closedByServer) {
			this.receiver.ended();
		}

	}

}
