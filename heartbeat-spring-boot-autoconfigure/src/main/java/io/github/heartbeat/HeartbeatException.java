package io.github.heartbeat;

/**
 * Base class of the exceptions that clients publish, log or complete futures with.
 * Messages never contain user info, query values, header values or payloads. Exceptions
 * of the container can contain them and are therefore not set as causes.
 *
 * @since 0.1.0
 */
public abstract class HeartbeatException extends RuntimeException {

	HeartbeatException(String message) {
		super(message);
	}

}
