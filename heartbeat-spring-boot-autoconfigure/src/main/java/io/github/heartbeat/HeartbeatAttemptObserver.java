package io.github.heartbeat;

import org.springframework.http.HttpHeaders;

/**
 * Observes one connection attempt, for example as a span of a trace.
 * <p>
 * At most one method is called at a time, on changing threads, and under no lock of the
 * client. Exactly one of {@link #succeeded()}, {@link #failed} and {@link #cancelled()}
 * is called, once and as the last method. Exceptions are logged with their stack frames
 * and otherwise ignored.
 *
 * @since 0.1.0
 * @see HeartbeatClientObserver#attemptStarted()
 */
public interface HeartbeatAttemptObserver {

	/**
	 * Called on the thread of the attempt after the handshake customizers. Not called if
	 * the attempt ends before. Blocking delays the attempt and counts towards
	 * {@code connect-timeout}.
	 * @param url the url to connect to, without user info and with masked query values
	 * @param headers an empty and mutable collection of headers to add to the handshake.
	 * A header that the handshake has already, or that a handshake must not have, is
	 * ignored
	 */
	default void handshakePrepared(String url, HttpHeaders headers) {
	}

	/**
	 * Called when the client has opened.
	 */
	default void succeeded() {
	}

	/**
	 * Called when the attempt failed.
	 * @param failure the reason, without secrets
	 */
	default void failed(HeartbeatConnectionException failure) {
	}

	/**
	 * Called when the attempt was given up before its outcome was known: by a method
	 * call, because the application stops, or because a lease was lost.
	 */
	default void cancelled() {
	}

}
