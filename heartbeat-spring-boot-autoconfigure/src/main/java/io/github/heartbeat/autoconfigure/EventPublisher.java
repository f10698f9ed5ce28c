package io.github.heartbeat.autoconfigure;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.event.HeartbeatCloseEvent;
import io.github.heartbeat.event.HeartbeatErrorEvent;
import io.github.heartbeat.event.HeartbeatExhaustedEvent;
import io.github.heartbeat.event.HeartbeatLeaseGrantedEvent;
import io.github.heartbeat.event.HeartbeatLeaseLostEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import io.github.heartbeat.event.HeartbeatReconnectEvent;
import io.github.heartbeat.internal.hook.ReceiptListener;
import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Publishes the hooks of all clients as application events.
 */
final class EventPublisher implements ReceiptListener {

	private final ApplicationEventPublisher publisher;

	EventPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
		this.publisher.publishEvent(new HeartbeatOpenEvent(client, session, reconnect));
	}

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

	@Override
	public void onLeaseGranted(HeartbeatClient client, HeartbeatLease lease, Duration standby) {
		this.publisher.publishEvent(new HeartbeatLeaseGrantedEvent(client, lease, standby));
	}

	@Override
	public void onLeaseLost(HeartbeatClient client, HeartbeatLease lease, HeartbeatLeaseLostReason reason) {
		this.publisher.publishEvent(new HeartbeatLeaseLostEvent(client, lease, reason));
	}

}
