package io.github.heartbeat.internal.observe;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatHandshake;

/**
 * The observation of one connection attempt. The first call of {@link #succeeded()},
 * {@link #failed} and {@link #cancelled()} decides. They are called under the lock of the
 * client.
 */
public interface AttemptObservation {

	/**
	 * The observation of attempts that nobody observes.
	 */
	AttemptObservation NONE = new Unobserved();

	/**
	 * Start the observation, if it is not started. Calls user code, so the caller must
	 * hold no lock.
	 */
	void start();

	/**
	 * Add the headers of the observers to a handshake that is otherwise complete.
	 */
	void handshakePrepared(HeartbeatHandshake handshake);

	void succeeded();

	void failed(HeartbeatConnectionException failure);

	void cancelled();

	/**
	 * Does nothing.
	 */
	final class Unobserved implements AttemptObservation {

		private Unobserved() {
		}

		@Override
		public void start() {
		}

		@Override
		public void handshakePrepared(HeartbeatHandshake handshake) {
		}

		@Override
		public void succeeded() {
		}

		@Override
		public void failed(HeartbeatConnectionException failure) {
		}

		@Override
		public void cancelled() {
		}

	}

}
