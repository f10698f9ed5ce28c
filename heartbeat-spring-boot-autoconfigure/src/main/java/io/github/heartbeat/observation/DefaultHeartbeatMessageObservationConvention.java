package io.github.heartbeat.observation;

import io.github.heartbeat.observation.HeartbeatObservationDocumentation.MessageLowCardinalityKeys;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and key values of the observations of messages. A
 * {@link io.micrometer.observation.GlobalObservationConvention} replaces it.
 *
 * @since 0.1.0
 */
public class DefaultHeartbeatMessageObservationConvention
		implements ObservationConvention<HeartbeatMessageObservationContext> {

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof HeartbeatMessageObservationContext;
	}

	@Override
	public String getName() {
		return "heartbeat.client.message";
	}

	@Override
	public String getContextualName(HeartbeatMessageObservationContext context) {
		return "receive " + context.getClient().getName();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(HeartbeatMessageObservationContext context) {
		return KeyValues.of(KeyValue.of(MessageLowCardinalityKeys.CLIENT, context.getClient().getGroup()));
	}

}
