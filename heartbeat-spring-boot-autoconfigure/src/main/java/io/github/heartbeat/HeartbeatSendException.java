package io.github.heartbeat;

/**
 * Thrown when a message was not passed to the socket.
 *
 * @since 0.1.0
 */
public final class HeartbeatSendException extends HeartbeatException {

	private final Reason reason;

	/**
	 * Create a new exception.
	 * @param clientName the name of the client
	 * @param reason the reason why the message was not sent
	 */
	public HeartbeatSendException(String clientName, Reason reason) {
		super("Message of client '" + clientName + "' was not sent: " + reason.description);
		this.reason = reason;
	}

	/**
	 * Return the reason why the message was not sent.
	 * @return the reason
	 */
	public Reason getReason() {
		return this.reason;
	}

	/**
	 * Reason why a message was not sent.
	 */
	public enum Reason {

		/**
		 * The client was connecting or waiting for the next attempt, with
		 * {@code send.while-disconnected: reject}. Also if the message was sent by the
		 * session or the open hook of a connection that had ended.
		 */
		NOT_OPEN("the client is not open"),

		/**
		 * The client stands by, whatever {@code send.while-disconnected} says, because
		 * another replica may be connected. Also if the message waited when the lease was
		 * lost.
		 */
		STANDBY("another replica may hold the lease of the client"),

		/**
		 * The limit {@code send.queue-messages} or {@code send.queue-bytes} was reached.
		 */
		QUEUE_FULL("too much is waiting to be written (send.queue-messages, send.queue-bytes)"),

		/**
		 * The message waited longer than {@code send.time-to-live}.
		 */
		EXPIRED("it waited too long to be written (send.time-to-live)"),

		/**
		 * The connection ended before or while the message was written. In the second
		 * case it is unknown whether the server received it.
		 */
		CONNECTION_LOST("the connection was lost"),

		/**
		 * The client was stopped or gave up before the message was sent or while it
		 * waited.
		 */
		CLOSED("the client is closed");

		private final String description;

		Reason(String description) {
			this.description = description;
		}

	}

}
