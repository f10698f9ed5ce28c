package io.github.heartbeat.autoconfigure.listener;

/**
 * A method cannot listen to messages. The message completes a sentence whose subject is
 * the method.
 */
final class InvalidMethodException extends RuntimeException {

	private final String action;

	InvalidMethodException(String message, String action) {
		super(message);
		this.action = action;
	}

	String getAction() {
		return this.action;
	}

}
