package io.github.heartbeat;

/**
 * Why a message was not handed to the socket.
 *
 * @since 0.1.0
 */
public final class HeartbeatSendException extends HeartbeatException {

	private final Reason reason;

	/**
	 * Create a new exception.
	 * @param clientName the name of the client
	 * @param reason why the message was not sent
	 */
	public HeartbeatSendException(String clientName, Reason reason) {
		super("Message of client '" + clientName + "' was not sent: " + reason.description);
		this.reason = reason;
	}

	/**
	 * Return why the message was not sent.
	 * @return the reason
	 */
	public Reason getReason() {
		return this.reason;
	}

	/**
	 * Why a message was not sent.
	 */
	public enum Reason {

		/**
		 * The client was connecting or waiting to, with
		 * {@code send.while-disconnected: reject}; or the message was for a connection
		 * that had ended: sent on its session or by its open hook.
		 */
		NOT_OPEN("the client is not open"),

		/**
		 * {@code send.queue-messages} or {@code send.queue-bytes} was reached.
		 */
		QUEUE_FULL("too much is waiting to be written (send.queue-messages, send.queue-bytes)"),

		/**
		 * It waited for {@code send.time-to-live}.
		 */
		EXPIRED("it waited too long to be written (send.time-to-live)"),

		/**
		 * The connection ended before or while the message was written. Whether the
		 * server got it is unknown in the latter case.
		 */
		CONNECTION_LOST("the connection was lost"),

		/**
		 * The client is stopped or gave up, or did so while the message waited.
		 */
		CLOSED("the client is closed");

		private final String description;

		Reason(String description) {
			this.description = description;
		}

	}

}
