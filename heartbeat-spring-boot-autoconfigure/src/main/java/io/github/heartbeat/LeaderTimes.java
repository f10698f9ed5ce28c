package io.github.heartbeat;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Times of a lease that follow from its length if they are not set.
 */
final class LeaderTimes {

	private LeaderTimes() {
	}

	static Duration margin(SettingValues values) {
		return fraction(values, SettingDefinitions.LEADER_MARGIN, 10);
	}

	static Duration renewInterval(SettingValues values) {
		return fraction(values, SettingDefinitions.LEADER_RENEW_INTERVAL, 3);
	}

	static Duration pollInterval(SettingValues values) {
		return fraction(values, SettingDefinitions.LEADER_POLL_INTERVAL, 10);
	}

	private static Duration fraction(SettingValues values, SettingDefinition<Duration> setting, int divisor) {
		@Nullable Duration value = values.find(setting);
		return (value != null) ? value : values.get(SettingDefinitions.LEADER_LEASE).dividedBy(divisor);
	}

}
