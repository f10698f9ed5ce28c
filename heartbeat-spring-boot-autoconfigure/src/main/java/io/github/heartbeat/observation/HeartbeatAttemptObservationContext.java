package io.github.heartbeat.observation;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Context of the observation of a connection attempt. Its carrier has the headers that
 * are added to the handshake, for example the trace context. A header that the handshake
 * has already is not replaced. The carrier is filled until the observation has started;
 * later headers are sent only if they are set before the handshake.
 *
 * @since 0.1.0
 */
public final class HeartbeatAttemptObservationContext extends SenderContext<HttpHeaders> {

	private final HeartbeatClient client;

	private volatile String url;

	private volatile @Nullable Outcome outcome;

	private volatile @Nullable HeartbeatConnectionException failure;

	/**
	 * Create a context.
	 * @param client the client that connects
	 */
	public HeartbeatAttemptObservationContext(HeartbeatClient client) {
		super((headers, name, value) -> {
			if (headers != null) {
				headers.set(name, value);
			}
		}, Kind.CLIENT);
		this.client = client;
		this.url = client.getSettings().getDisplayUrl();
		setCarrier(new HttpHeaders());
	}

	/**
	 * Return the client that connects.
	 * @return the client
	 */
	public HeartbeatClient getClient() {
		return this.client;
	}

	/**
	 * Return the url to connect to, without user info and with masked query values. It is
	 * the url of the settings until the handshake customizers have run.
	 * @return the display text
	 */
	public String getUrl() {
		return this.url;
	}

	void setUrl(String url) {
		this.url = url;
	}

	/**
	 * Return the outcome of the attempt.
	 * @return the outcome, or {@code null} while the attempt runs
	 */
	public @Nullable Outcome getOutcome() {
		return this.outcome;
	}

	void setOutcome(Outcome outcome) {
		this.outcome = outcome;
	}

	/**
	 * Return why the attempt failed.
	 * @return the reason, without secrets, or {@code null} if the attempt has not failed
	 */
	public @Nullable HeartbeatConnectionException getFailure() {
		return this.failure;
	}

	void setFailure(HeartbeatConnectionException failure) {
		this.failure = failure;
	}

	/**
	 * Outcome of an attempt.
	 */
	public enum Outcome {

		/** The client has opened. */
		SUCCESS,

		/** The attempt failed. */
		FAILURE,

		/**
		 * The attempt was given up before its outcome was known: by a method call,
		 * because the application stops, or because a lease was lost.
		 */
		CANCELLED

	}

}
