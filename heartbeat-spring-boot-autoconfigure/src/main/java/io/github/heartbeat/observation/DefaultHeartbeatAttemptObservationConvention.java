package io.github.heartbeat.observation;

import java.util.Locale;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.observation.HeartbeatAttemptObservationContext.Outcome;
import io.github.heartbeat.observation.HeartbeatObservationDocumentation.AttemptHighCardinalityKeys;
import io.github.heartbeat.observation.HeartbeatObservationDocumentation.AttemptLowCardinalityKeys;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/**
 * Default {@link HeartbeatAttemptObservationConvention}.
 *
 * @since 0.1.0
 */
public class DefaultHeartbeatAttemptObservationConvention implements HeartbeatAttemptObservationConvention {

	private static final KeyValue OUTCOME_UNKNOWN = KeyValue.of(AttemptLowCardinalityKeys.OUTCOME, "unknown");

	private static final KeyValue ERROR_KIND_NONE = KeyValue.of(AttemptLowCardinalityKeys.ERROR_KIND,
			KeyValue.NONE_VALUE);

	static final HeartbeatAttemptObservationConvention INSTANCE = new DefaultHeartbeatAttemptObservationConvention();

	@Override
	public String getName() {
		return "heartbeat.client.attempt";
	}

	@Override
	public String getContextualName(HeartbeatAttemptObservationContext context) {
		return "connect " + context.getClient().getName();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(HeartbeatAttemptObservationContext context) {
		return KeyValues.of(client(context), outcome(context), errorKind(context));
	}

	/**
	 * Return the group of the client.
	 * @param context the context of the attempt
	 * @return the key value
	 */
	protected KeyValue client(HeartbeatAttemptObservationContext context) {
		return KeyValue.of(AttemptLowCardinalityKeys.CLIENT, context.getClient().getGroup());
	}

	/**
	 * Return the outcome of the attempt.
	 * @param context the context of the attempt
	 * @return the key value
	 */
	protected KeyValue outcome(HeartbeatAttemptObservationContext context) {
		Outcome outcome = context.getOutcome();
		return (outcome != null)
				? KeyValue.of(AttemptLowCardinalityKeys.OUTCOME, outcome.name().toLowerCase(Locale.ROOT))
				: OUTCOME_UNKNOWN;
	}

	/**
	 * Return the kind of the failure.
	 * @param context the context of the attempt
	 * @return the key value
	 */
	protected KeyValue errorKind(HeartbeatAttemptObservationContext context) {
		HeartbeatConnectionException failure = context.getFailure();
		return (failure != null)
				? KeyValue.of(AttemptLowCardinalityKeys.ERROR_KIND, failure.getKind().name().toLowerCase(Locale.ROOT))
				: ERROR_KIND_NONE;
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(HeartbeatAttemptObservationContext context) {
		return KeyValues.of(KeyValue.of(AttemptHighCardinalityKeys.URL, context.getUrl()));
	}

}
