package io.github.heartbeat.autoconfigure;

import java.time.Duration;

import io.github.heartbeat.InvalidHeartbeatSettingException;

/**
 * Checks the settings that all led clients share.
 */
final class LeaderCheck {

	private static final Duration MAX_SPREAD = Duration.ofDays(3650);

	private final HeartbeatProperties.Leader leader;

	private final ConfigurationProblems problems;

	LeaderCheck(HeartbeatProperties.Leader leader, ConfigurationProblems problems) {
		this.leader = leader;
		this.problems = problems;
	}

	void run() {
		this.problems.check(ConfiguredKeys.PREFIX, this::checkMaxHeld);
		this.problems.check(ConfiguredKeys.PREFIX, this::checkSpread);
	}

	private void checkMaxHeld() {
		Integer maxHeld = this.leader.getMaxHeld();
		if (maxHeld != null && maxHeld < 1) {
			throw new InvalidHeartbeatSettingException("leader.max-held", String.valueOf(maxHeld), "is below 1",
					"Set it to 1 or more leases, or remove the key.");
		}
	}

	private void checkSpread() {
		Duration spread = this.leader.getSpread();
		if (spread.isNegative()) {
			throw new InvalidHeartbeatSettingException("leader.spread", text(spread), "is negative",
					"Use zero or a positive duration such as 50ms.");
		}
		if (spread.compareTo(MAX_SPREAD) > 0) {
			throw new InvalidHeartbeatSettingException("leader.spread", text(spread), "is longer than ten years",
					"Use a shorter duration.");
		}
	}

	/**
	 * Return a duration in milliseconds if it is short enough to be counted in them.
	 */
	private static String text(Duration duration) {
		return (duration.abs().compareTo(MAX_SPREAD) > 0) ? duration.toString() : duration.toMillis() + "ms";
	}

}
