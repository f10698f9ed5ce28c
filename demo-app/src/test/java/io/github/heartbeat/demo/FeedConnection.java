package io.github.heartbeat.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection to the server of the demo without the starter.
 */
final class FeedConnection implements AutoCloseable {

	private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

	private final WebSocket socket;

	FeedConnection(int port) {
		this.socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(URI.create("ws://127.0.0.1:" + port + "/feed"), new Listener())
			.join();
	}

	void send(String text) {
		this.socket.sendText(text, true).join();
	}

	/**
	 * Wait for the next message, or for {@code CLOSE} and the close code.
	 */
	String next() throws InterruptedException {
		String next = this.received.poll(15, TimeUnit.SECONDS);
		assertThat(next).as("the next message").isNotNull();
		return next;
	}

	@Override
	public void close() {
		this.socket.abort();
	}

	private final class Listener implements WebSocket.Listener {

		@Override
		public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			FeedConnection.this.received.add(data.toString());
			webSocket.request(1);
			return null;
		}

		@Override
		public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
			FeedConnection.this.received.add("CLOSE " + statusCode);
			return null;
		}

	}

}
