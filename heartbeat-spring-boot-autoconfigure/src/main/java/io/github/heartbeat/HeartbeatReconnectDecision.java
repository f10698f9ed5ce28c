package io.github.heartbeat;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The answer of a {@link HeartbeatReconnectPolicy}.
 *
 * @since 0.1.0
 */
public final class HeartbeatReconnectDecision {

	private static final HeartbeatReconnectDecision STOP = new HeartbeatReconnectDecision("stop", null);

	private static final HeartbeatReconnectDecision UNDECIDED = new HeartbeatReconnectDecision("undecided", null);

	private final String name;

	private final @Nullable Duration wait;

	private HeartbeatReconnectDecision(String name, @Nullable Duration wait) {
		this.name = name;
		this.wait = wait;
	}

	/**
	 * Connect again after a wait, taken as it is: no jitter is added.
	 * @param wait the wait from the failure on, zero for at once, at most ten years
	 * @return the decision
	 * @throws IllegalArgumentException if the wait is negative or longer
	 */
	public static HeartbeatReconnectDecision waitFor(Duration wait) {
		Assert.isTrue(!wait.isNegative() && wait.compareTo(SettingChecks.MAX_DURATION) <= 0,
				() -> "A wait of " + wait + " is not within zero and ten years");
		return new HeartbeatReconnectDecision("wait for " + wait, wait);
	}

	/**
	 * Give up: the client is exhausted.
	 * @return the decision
	 */
	public static HeartbeatReconnectDecision stop() {
		return STOP;
	}

	/**
	 * Leave it to the next policy, and at last to the settings.
	 * @return the decision
	 */
	public static HeartbeatReconnectDecision undecided() {
		return UNDECIDED;
	}

	/**
	 * Return the wait.
	 * @return the wait or {@code null} if this is no decision to wait
	 */
	public @Nullable Duration getWait() {
		return this.wait;
	}

	/**
	 * Whether to give up.
	 * @return whether this is {@link #stop()}
	 */
	public boolean isStop() {
		return this == STOP;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
