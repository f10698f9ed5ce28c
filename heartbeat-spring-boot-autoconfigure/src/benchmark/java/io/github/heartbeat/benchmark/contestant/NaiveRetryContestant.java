package io.github.heartbeat.benchmark.contestant;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.tomcat.websocket.WsWebSocketContainer;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * The underlying client with the usual first implementation of a reconnect: retry after a
 * fixed wait. The wait is the default of this library.
 */
final class NaiveRetryContestant implements Contestant {

	private static final Duration WAIT = Duration.ofSeconds(2);

	private final Target target;

	private final StandardWebSocketClient client = new StandardWebSocketClient(new WsWebSocketContainer());

	private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

	NaiveRetryContestant(Target target) {
		this.target = target;
	}

	@Override
	public Connection connect(Receiver receiver) throws Exception {
		connectLater(receiver, Duration.ZERO);
		return new Connection() {

			@Override
			public void send(String text) {
				throw new UnsupportedOperationException();
			}

			@Override
			public void close() {
				NaiveRetryContestant.this.scheduler.shutdownNow();
			}

		};
	}

	private void connectLater(Receiver receiver, Duration wait) {
		this.scheduler.schedule(() -> connectNow(receiver), wait.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void connectNow(Receiver receiver) {
		this.client.execute(new Handler(receiver), new WebSocketHttpHeaders(), this.target.uri())
			.whenComplete((session, failure) -> {
				if (failure != null) {
					connectLater(receiver, WAIT);
				}
			});
	}

	@Override
	public void close() {
		this.scheduler.shutdownNow();
	}

	private final class Handler extends TextWebSocketHandler {

		private final Receiver receiver;

		Handler(Receiver receiver) {
			this.receiver = receiver;
		}

		@Override
		public void afterConnectionEstablished(WebSocketSession session) {
			this.receiver.opened();
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			this.receiver.ended();
			connectLater(this.receiver, WAIT);
		}

	}

}
