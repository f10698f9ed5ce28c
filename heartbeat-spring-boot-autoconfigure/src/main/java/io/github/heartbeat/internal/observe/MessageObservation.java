package io.github.heartbeat.internal.observe;

import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatMessageObserver;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Notifies the observers of the delivery of one message. Confined to one thread.
 */
public final class MessageObservation {

	private final List<HeartbeatMessageObserver> observers = new ArrayList<>(1);

	private final UserCodeLog userCodeLog;

	MessageObservation(HeartbeatClientObserver[] candidates, WebSocketMessage<?> message, UserCodeLog userCodeLog) {
		this.userCodeLog = userCodeLog;
		for (HeartbeatClientObserver candidate : candidates) {
			HeartbeatMessageObserver observer = start(candidate, message);
			if (observer != null) {
				this.observers.add(observer);
			}
		}
	}

	private @Nullable HeartbeatMessageObserver start(HeartbeatClientObserver candidate, WebSocketMessage<?> message) {
		try {
			return candidate.messageDelivered((message instanceof BinaryMessage binary)
					? new BinaryMessage(binary.getPayload().asReadOnlyBuffer()) : message);
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.OBSERVER, ex);
			return null;
		}
	}

	/**
	 * The listeners were called. The observers are notified in reverse order, so that
	 * nested scopes close correctly.
	 */
	public void ended(@Nullable HeartbeatConnectionException failure) {
		for (int i = this.observers.size() - 1; i >= 0; i--) {
			try {
				this.observers.get(i).ended(failure);
			}
			catch (Throwable ex) {
				this.userCodeLog.thrown(Callback.OBSERVER, ex);
			}
		}
	}

}
