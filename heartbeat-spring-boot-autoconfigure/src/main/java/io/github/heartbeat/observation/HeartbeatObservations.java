package io.github.heartbeat.observation;

import io.github.heartbeat.HeartbeatAttemptObserver;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatMessageObserver;
import io.github.heartbeat.observation.HeartbeatAttemptObservationContext.Outcome;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Observations of all clients: one for each connection attempt and, for clients with
 * {@code observation.messages}, one for each message that is delivered to the listeners.
 *
 * @since 0.1.0
 * @see HeartbeatObservationDocumentation
 */
public final class HeartbeatObservations implements HeartbeatClientObserverFactory {

	private static final DefaultHeartbeatMessageObservationConvention DEFAULT_MESSAGE = new DefaultHeartbeatMessageObservationConvention();

	private final ObservationRegistry registry;

	private final HeartbeatAttemptObservationConvention attemptConvention;

	/**
	 * Create the observations with the default convention.
	 * @param registry the registry
	 */
	public HeartbeatObservations(ObservationRegistry registry) {
		this(registry, DefaultHeartbeatAttemptObservationConvention.INSTANCE);
	}

	/**
	 * Create the observations.
	 * @param registry the registry
	 * @param attemptConvention names and key values of connection attempts
	 */
	public HeartbeatObservations(ObservationRegistry registry,
			HeartbeatAttemptObservationConvention attemptConvention) {
		this.registry = registry;
		this.attemptConvention = attemptConvention;
	}

	@Override
	public HeartbeatClientObserver observe(HeartbeatClient client) {
		return new ClientObserver(client);
	}

	private final class ClientObserver implements HeartbeatClientObserver {

		private final HeartbeatClient client;

		ClientObserver(HeartbeatClient client) {
			this.client = client;
		}

		@Override
		public @Nullable HeartbeatAttemptObserver attemptStarted() {
			HeartbeatAttemptObservationContext context = new HeartbeatAttemptObservationContext(this.client);
			Observation observation = HeartbeatObservationDocumentation.ATTEMPT.observation(
					HeartbeatObservations.this.attemptConvention, DefaultHeartbeatAttemptObservationConvention.INSTANCE,
					() -> context, HeartbeatObservations.this.registry);
			if (observation.isNoop()) {
				return null;
			}
			observation.start();
			return new AttemptObserver(observation, context);
		}

		@Override
		public @Nullable HeartbeatMessageObserver messageDelivered(WebSocketMessage<?> message) {
			Observation observation = HeartbeatObservationDocumentation.MESSAGE.observation(null, DEFAULT_MESSAGE,
					() -> new HeartbeatMessageObservationContext(this.client, message),
					HeartbeatObservations.this.registry);
			if (observation.isNoop()) {
				return null;
			}
			observation.start();
			try {
				return new MessageObserver(observation);
			}
			catch (Throwable ex) {
				observation.stop();
				throw ex;
			}
		}

	}

	private record AttemptObserver(Observation observation,
			HeartbeatAttemptObservationContext context) implements HeartbeatAttemptObserver {

		@Override
		public void handshakePrepared(String url, HttpHeaders headers) {
			this.context.setUrl(url);
			HttpHeaders carrier = this.context.getCarrier();
			if (carrier != null) {
				headers.putAll(carrier);
			}
		}

		@Override
		public void succeeded() {
			end(Outcome.SUCCESS);
		}

		@Override
		public void failed(HeartbeatConnectionException failure) {
			this.context.setFailure(failure);
			this.observation.error(failure);
			end(Outcome.FAILURE);
		}

		@Override
		public void cancelled() {
			end(Outcome.CANCELLED);
		}

		private void end(Outcome outcome) {
			this.context.setOutcome(outcome);
			this.observation.stop();
		}

	}

	/**
	 * The observation is current while the listeners are called.
	 */
	private static final class MessageObserver implements HeartbeatMessageObserver {

		private final Observation observation;

		private final Observation.Scope scope;

		MessageObserver(Observation observation) {
			this.observation = observation;
			this.scope = observation.openScope();
		}

		@Override
		public void ended(@Nullable HeartbeatConnectionException failure) {
			try {
				this.scope.close();
			}
			finally {
				if (failure != null) {
					this.observation.error(failure);
				}
				this.observation.stop();
			}
		}

	}

}
