package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.HeartbeatReconnectPolicy;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.Interrupts;
import org.jspecify.annotations.Nullable;

/**
 * The reconnect policies of one client, asked in their order.
 */
final class ReconnectPolicies {

	private final String clientName;

	private final Supplier<List<HeartbeatReconnectPolicy>> candidates;

	private final UserCodeLog userCodeLog;

	private volatile List<HeartbeatReconnectPolicy> policies = List.of();

	@GuardedBy("this")
	private boolean asked;

	ReconnectPolicies(String clientName, Supplier<List<HeartbeatReconnectPolicy>> candidates, UserCodeLog userCodeLog) {
		this.clientName = clientName;
		this.candidates = candidates;
		this.userCodeLog = userCodeLog;
	}

	/**
	 * Resolve the policies, once. They are not resolved earlier, so that a policy may
	 * have the clients injected.
	 */
	synchronized void find() {
		if (!this.asked) {
			this.policies = this.candidates.get();
			this.asked = true;
		}
	}

	boolean isEmpty() {
		return this.policies.isEmpty();
	}

	/**
	 * Ask the policies until one decides. Calls code of users, which may block.
	 */
	HeartbeatReconnectDecision decide(int attempt, Duration elapsed, HeartbeatConnectionException cause) {
		for (HeartbeatReconnectPolicy policy : this.policies) {
			HeartbeatReconnectDecision decision = ask(policy, attempt, elapsed, cause);
			if (decision.isStop() || decision.getWait() != null) {
				return decision;
			}
		}
		return HeartbeatReconnectDecision.undecided();
	}

	private HeartbeatReconnectDecision ask(HeartbeatReconnectPolicy policy, int attempt, Duration elapsed,
			HeartbeatConnectionException cause) {
		try {
			@Nullable HeartbeatReconnectDecision decision = policy.decide(this.clientName, attempt, elapsed, cause);
			return (decision != null) ? decision : HeartbeatReconnectDecision.undecided();
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.RECONNECT_POLICY, ex);
			return HeartbeatReconnectDecision.undecided();
		}
		finally {
			Interrupts.clear();
		}
	}

}
