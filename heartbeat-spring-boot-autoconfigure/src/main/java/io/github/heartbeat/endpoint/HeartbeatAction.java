package io.github.heartbeat.endpoint;

import java.util.Arrays;

import io.github.heartbeat.HeartbeatClient;
import org.jspecify.annotations.Nullable;

/**
 * Action that the endpoint performs on a client.
 *
 * @since 0.1.0
 */
public enum HeartbeatAction {

	/**
	 * {@link HeartbeatClient#open()}.
	 */
	OPEN {
		@Override
		void perform(HeartbeatClient client) {
			client.open();
		}
	},

	/**
	 * {@link HeartbeatClient#close()}.
	 */
	CLOSE {
		@Override
		void perform(HeartbeatClient client) {
			client.close();
		}
	},

	/**
	 * {@link HeartbeatClient#reconnect()}.
	 */
	RECONNECT {
		@Override
		void perform(HeartbeatClient client) {
			client.reconnect();
		}
	},

	/**
	 * {@link HeartbeatClient#releaseLease()}.
	 */
	RELEASE {
		@Override
		void perform(HeartbeatClient client) {
			client.releaseLease();
		}
	};

	abstract void perform(HeartbeatClient client);

	static @Nullable HeartbeatAction named(@Nullable String name) {
		return Arrays.stream(values())
			.filter((action) -> action.name().equalsIgnoreCase(name))
			.findFirst()
			.orElse(null);
	}

}
