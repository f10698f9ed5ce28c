package io.github.heartbeat.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and key values of the observations of connection attempts. A bean of this type
 * replaces {@link DefaultHeartbeatAttemptObservationConvention}. It is called on any
 * thread, when an attempt starts and when it ends, and must not block.
 *
 * @since 0.1.0
 */
public interface HeartbeatAttemptObservationConvention
		extends ObservationConvention<HeartbeatAttemptObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof HeartbeatAttemptObservationContext;
	}

}
