package io.github.heartbeat.event;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatReceiptListener;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Publishes the hooks of all clients as application events.
 *
 * @since 0.1.0
 */
public final class HeartbeatEventPublisher implements HeartbeatReceiptListener {

	private final ApplicationEventPublisher publisher;

	/**
	 * Create a new publisher.
	 * @param publisher the publisher of the application
	 */
	public HeartbeatEventPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
		this.publisher.publishEvent(new HeartbeatOpenEvent(client, session, reconnect));
	}

	/**
	 * Publish a message without its time of receipt. The client does not call this
	 * method, but a delegating listener can.
	 */
	@Override
	public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
		this.publisher.publishEvent(new HeartbeatMessageEvent(client, message));
	}

	@Override
	public void onMessage(HeartbeatClient client, WebSocketMessage<?> message, long receivedAt) {
		this.publisher.publishEvent(new HeartbeatMessageEvent(client, message, receivedAt));
	}

	@Override
	public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
		this.publisher.publishEvent(new HeartbeatErrorEvent(client, cause));
	}

	@Override
	public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
		this.publisher.publishEvent(new HeartbeatCloseEvent(client, status, initiator));
	}

	@Override
	public void onReconnect(HeartbeatClient client, int attempt, Duration wait, HeartbeatConnectionException cause) {
		this.publisher.publishEvent(new HeartbeatReconnectEvent(client, attempt, wait, cause));
	}

	@Override
	public void onExhausted(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
		this.publisher.publishEvent(new HeartbeatExhaustedEvent(client, attempts, cause));
	}

}
