package io.github.heartbeat;

/**
 * Root of the exceptions that clients publish, log or complete futures with. Messages
 * never quote user info, query values, header values or payloads; exceptions of the
 * container, which do, are not attached as causes.
 *
 * @since 0.1.0
 */
public abstract class HeartbeatException extends RuntimeException {

	HeartbeatException(String message) {
		super(message);
	}

}
