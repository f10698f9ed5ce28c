package io.github.heartbeat.event;

import java.time.Clock;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;

import org.springframework.context.ApplicationEvent;

/**
 * Hook of a client as an application event. Events of one client are published one at a
 * time and in order, never on the timer thread and never under a lock. A condition such
 * as {@code event.clientName == 'quotes'} selects the events of one client.
 *
 * @since 0.1.0
 */
public abstract sealed class HeartbeatEvent extends ApplicationEvent
		permits HeartbeatOpenEvent, HeartbeatMessageEvent, HeartbeatErrorEvent, HeartbeatCloseEvent,
		HeartbeatReconnectEvent, HeartbeatExhaustedEvent, HeartbeatLeaseGrantedEvent, HeartbeatLeaseLostEvent {

	HeartbeatEvent(HeartbeatClient client) {
		super(client);
	}

	HeartbeatEvent(HeartbeatClient client, Clock clock) {
		super(client, clock);
	}

	/**
	 * Return the client.
	 * @return the source of this event
	 */
	public HeartbeatClient getClient() {
		return (HeartbeatClient) getSource();
	}

	/**
	 * Return the name of the client.
	 * @return the name
	 */
	public String getClientName() {
		return getClient().getName();
	}

	/**
	 * Return what distinguishes this event, without secrets.
	 */
	abstract String details();

	static String describe(HeartbeatConnectionException cause) {
		return cause.getKind() + " (" + cause.getMessage() + ")";
	}

	/**
	 * Return a description without secrets and without the payload.
	 */
	@Override
	public String toString() {
		return getClass().getSimpleName() + "[client=" + getClientName() + ", " + details() + "]";
	}

}
