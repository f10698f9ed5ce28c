package io.github.heartbeat.benchmark.contestant;

import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The client of the JDK, which accepts one message at a time.
 */
final class JdkContestant implements Contestant {

	private final Target target;

	private final HttpClient client = HttpClient.newHttpClient();

	JdkContestant(Target target) {
		this.target = target;
	}

	@Override
	public Connection connect(Receiver receiver) throws Exception {
		WebSocket webSocket = this.client.newWebSocketBuilder()
			.buildAsync(this.target.uri(), new Listener(receiver))
			.get(30, TimeUnit.SECONDS);
		return new JdkConnection(webSocket);
	}

	private record JdkConnection(WebSocket webSocket) implements Connection {

		@Override
		public void send(String text) throws Exception {
			synchronized (this.webSocket) {
				this.webSocket.sendText(text, true).get(30, TimeUnit.SECONDS);
			}
		}

		@Override
		public void close() {
			this.webSocket.abort();
		}

	}

	private static final class Listener implements WebSocket.Listener {

		private final Receiver receiver;

		private StringBuilder beginning;

		Listener(Receiver receiver) {
			this.receiver = receiver;
		}

		@Override
		public void onOpen(WebSocket webSocket) {
			this.receiver.opened();
			webSocket.request(1);
		}

		@Override
		public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			if (last && this.beginning == null) {
				this.receiver.received(data.toString());
			}
			else {
				this.beginning = ((this.beginning != null) ? this.beginning : new StringBuilder()).append(data);
				if (last) {
					this.receiver.received(this.beginning.toString());
					this.beginning = null;
				}
			}
			webSocket.request(1);
			return null;
		}

		@Override
		public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
			this.receiver.ended();
			return null;
		}

		@Override
		public void onError(WebSocket webSocket, Throwable failure) {
			this.receiver.ended();
		}

	}

}
