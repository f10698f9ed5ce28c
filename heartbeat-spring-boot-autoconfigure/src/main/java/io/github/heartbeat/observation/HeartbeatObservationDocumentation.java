package io.github.heartbeat.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * Observations of WebSocket clients.
 *
 * @since 0.1.0
 */
public enum HeartbeatObservationDocumentation implements ObservationDocumentation {

	/**
	 * A connection attempt, from its start until the client has opened or the attempt has
	 * failed or was cancelled.
	 */
	ATTEMPT {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultHeartbeatAttemptObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return AttemptLowCardinalityKeys.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return AttemptHighCardinalityKeys.values();
		}

	},

	/**
	 * The delivery of a message to the listeners.
	 */
	MESSAGE {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultHeartbeatMessageObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return MessageLowCardinalityKeys.values();
		}

	};

	/**
	 * Keys with few values of {@link #ATTEMPT}.
	 */
	public enum AttemptLowCardinalityKeys implements KeyName {

		/** The group of the client, which is its name unless it has one. */
		CLIENT {
			@Override
			public String asString() {
				return "client";
			}
		},

		/**
		 * {@code success}, {@code failure}, {@code cancelled}, or {@code unknown} while
		 * the attempt runs.
		 */
		OUTCOME {
			@Override
			public String asString() {
				return "outcome";
			}
		},

		/**
		 * The kind of the failure in lower case, for example {@code handshake_refused},
		 * or {@code none}.
		 */
		ERROR_KIND {
			@Override
			public String asString() {
				return "error.kind";
			}
		}

	}

	/**
	 * Keys with many values of {@link #ATTEMPT}.
	 */
	public enum AttemptHighCardinalityKeys implements KeyName {

		/** The url, without user info and with masked query values. */
		URL {
			@Override
			public String asString() {
				return "url";
			}
		}

	}

	/**
	 * Keys with few values of {@link #MESSAGE}.
	 */
	public enum MessageLowCardinalityKeys implements KeyName {

		/** The group of the client, which is its name unless it has one. */
		CLIENT {
			@Override
			public String asString() {
				return "client";
			}
		}

	}

}
