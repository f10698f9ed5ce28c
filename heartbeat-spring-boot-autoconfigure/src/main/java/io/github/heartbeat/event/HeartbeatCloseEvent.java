package io.github.heartbeat.event;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatInitiator;

import org.springframework.web.socket.CloseStatus;

/**
 * Published once for each open connection when it ended.
 *
 * @since 0.1.0
 */
public final class HeartbeatCloseEvent extends HeartbeatEvent {

	private final CloseStatus status;

	private final HeartbeatInitiator initiator;

	/**
	 * Create a new event.
	 * @param client the client
	 * @param status the close status
	 * @param initiator the side that ended the connection
	 */
	public HeartbeatCloseEvent(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
		super(client);
		this.status = status;
		this.initiator = initiator;
	}

	/**
	 * Return the close status.
	 * @return the close status
	 */
	public CloseStatus getStatus() {
		return this.status;
	}

	/**
	 * Return the side that ended the connection.
	 * @return the initiator
	 */
	public HeartbeatInitiator getInitiator() {
		return this.initiator;
	}

	@Override
	String details() {
		return "code=" + this.status.getCode() + ", initiator=" + this.initiator;
	}

}
