package io.github.heartbeat.benchmark.contestant;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Forwards the events of a client of this library to a receiver.
 */
final class ReceiverListener implements HeartbeatListener {

	private final Receiver receiver;

	private final Runnable opened;

	ReceiverListener(Receiver receiver, Runnable opened) {
		this.receiver = receiver;
		this.opened = opened;
	}

	@Override
	public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
		this.receiver.opened();
		this.opened.run();
	}

	@Override
	public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
		this.receiver.received((CharSequence) message.getPayload());
	}

	@Override
	public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
		this.receiver.ended();
	}

	@Override
	public void onReconnect(HeartbeatClient client, int attempt, Duration wait, HeartbeatConnectionException cause) {
		this.receiver.waits(wait);
	}

}
