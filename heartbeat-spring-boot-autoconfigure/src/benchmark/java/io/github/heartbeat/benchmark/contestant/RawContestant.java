package io.github.heartbeat.benchmark.contestant;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import jakarta.websocket.WebSocketContainer;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * Spring's client with a plain handler, without heartbeat and
 * reconnect.
 */
final class RawContestant implements Contestant {

	private final Target target;

	private final StandardWebSocketClient client;

	private final WebSocketHttpHeaders headers = new WebSocketHttpHeaders();

	private RawContestant(Target target, WebSocketContainer container) {
		this.target = target;
		this.client = new StandardWebSocketClient(container);
		if (target.tls() != null) {
			this.client.setSslContext(target.tls());
		}
	}

	static RawContestant tomcat(Target target) {
		return new RawContestant(target, new WsWebSocketContainer());
	}

	/**
	 * Uses the message limit that the rows set for this library. This client allocates the
	 * corresponding memory.
	 */
	static RawContestant tomcatForMegabytes(Target target) {
		WsWebSocketContainer container = new WsWebSocketContainer();
		container.setDefaultMaxTextMessageBufferSize(1024 * 1024);
		container.setDefaultMaxBinaryMessageBufferSize(1024 * 1024);
		return new RawContestant(target, container);
	}

	static RawContestant jetty(Target target) throws Exception {
		JakartaWebSocketClientContainer container = new JakartaWebSocketClientContainer(
				Jetty.httpClient(target.tls()));
		container.setDefaultMaxSessionIdleTimeout(0);
		container.start();
		return new RawContestant(target, container);
	}

	RawContestant compressed() {
		this.headers.setSecWebSocketExtensions(List.of(new WebSocketExtension("permessage-deflate")));
		return this;
	}

	@Override
	public Connection connect(Receiver receiver) throws Exception {
		WebSocketSession session = this.client
			.execute(new Handler(receiver), this.headers, this.target.uri())
			.get(30, TimeUnit.SECONDS);
		return new RawConnection(session);
	}

	/**
	 * Tomcat's client allows one sender at a time, so several senders need a lock.
	 */
	private record RawConnection(WebSocketSession session) implements Connection {

		@Override
		public void send(String text) throws Exception {
			synchronized (this.session) {
				this.session.sendMessage(new TextMessage(text));
			}
		}

		@Override
		public void close() throws IOException {
			this.session.close();
		}

	}

	private static final class Handler extends TextWebSocketHandler {

		private final Receiver receiver;

		Handler(Receiver receiver) {
			this.receiver = receiver;
		}

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) {
			this.receiver.received(message.getPayload());
		}

		@Override
		public void afterConnectionEstablished(WebSocketSession session) {
			this.receiver.opened();
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			this.receiver.ended();
		}

	}

}
