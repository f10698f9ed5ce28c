package io.github.heartbeat;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Decision of a {@link HeartbeatReconnectPolicy}.
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
	 * Connect again after a wait. No jitter is added.
	 * @param wait the wait, counted from the failure; zero to connect at once, at most
	 * ten years
	 * @return the decision
	 * @throws IllegalArgumentException if the wait is negative or longer than ten years
	 */
	public static HeartbeatReconnectDecision waitFor(Duration wait) {
		Assert.isTrue(!wait.isNegative() && wait.compareTo(SettingChecks.MAX_DURATION) <= 0,
				() -> "A wait of " + wait + " is not between zero and ten years");
		return new HeartbeatReconnectDecision("wait for " + wait, wait);
	}

	/**
	 * Give up. The client becomes {@link HeartbeatClientState#EXHAUSTED}.
	 * @return the decision
	 */
	public static HeartbeatReconnectDecision stop() {
		return STOP;
	}

	/**
	 * Defer to the next policy, then to the settings.
	 * @return the decision
	 */
	public static HeartbeatReconnectDecision undecided() {
		return UNDECIDED;
	}

	/**
	 * Return the wait.
	 * @return the wait, or {@code null} if the decision is not to wait
	 */
	public @Nullable Duration getWait() {
		return this.wait;
	}

	/**
	 * Return whether to give up.
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
