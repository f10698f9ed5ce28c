package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.internal.connect.AccessToken;
import io.github.heartbeat.internal.runtime.EngineResources;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a client reconnects and how long it waits before. The settings
 * {@code stop-on.*} and {@code repeat-limit} come first, then the reconnect policies, and
 * last the backoff of the settings.
 * <p>
 * Questions are asked under the lock of the state machine. Policies run outside of it.
 */
final class ReconnectDecider {

	private final StopConditions stopConditions;

	private final @Nullable Integer repeatLimit;

	private final Backoff backoff;

	private final ReconnectPolicies policies;

	private final EngineResources resources;

	/** Receives the answer to the last question, until a thread begins to answer it. */
	@GuardedBy("this")
	private @Nullable Consumer<HeartbeatReconnectDecision> question;

	/** The thread that asks the policies, or {@code null} while none does. */
	@GuardedBy("this")
	private @Nullable Thread asking;

	ReconnectDecider(HeartbeatClientSettings settings, ReconnectPolicies policies, EngineResources resources) {
		this.stopConditions = new StopConditions(settings);
		this.repeatLimit = settings.getRepeatLimit();
		this.backoff = new Backoff(settings, resources.random());
		this.policies = policies;
		this.resources = resources;
	}

	/**
	 * Whether the settings rule out another attempt.
	 * @param repeat the number of reconnect attempts so far
	 * @param freshToken whether the credentials were not older than the attempt
	 */
	boolean isFinal(HeartbeatConnectionException cause, int repeat, boolean freshToken) {
		boolean stops = this.stopConditions.includes(cause) && (freshToken || !AccessToken.isRefused(cause));
		return stops || (this.repeatLimit != null && repeat >= this.repeatLimit);
	}

	/**
	 * Whether there are policies that can be asked. They cannot while an earlier call of
	 * them is still running.
	 */
	synchronized boolean canAskPolicies() {
		return !this.policies.isEmpty() && (this.asking == null || !this.asking.isAlive());
	}

	/**
	 * Ask the policies on a hook thread. An earlier question that no thread has begun to
	 * answer is dropped.
	 * @param answer receives the decision, on that thread
	 */
	void askPolicies(int attempt, Duration elapsed, HeartbeatConnectionException cause,
			Consumer<HeartbeatReconnectDecision> answer) {
		setQuestion(answer);
		this.resources.hooks().execute(new Question(this, attempt, elapsed, cause, answer));
	}

	private synchronized void setQuestion(Consumer<HeartbeatReconnectDecision> question) {
		this.question = question;
	}

	private void answer(int attempt, Duration elapsed, HeartbeatConnectionException cause,
			Consumer<HeartbeatReconnectDecision> answer) {
		if (!isLastQuestion(answer)) {
			return;
		}
		HeartbeatReconnectDecision decision = HeartbeatReconnectDecision.undecided();
		if (beginAnswer()) {
			try {
				decision = this.policies.decide(attempt, elapsed, cause);
			}
			finally {
				endAnswer();
			}
		}
		answer.accept(decision);
	}

	private synchronized boolean isLastQuestion(Consumer<HeartbeatReconnectDecision> question) {
		return this.question == question;
	}

	/**
	 * Policies are never called by two threads at a time.
	 */
	private synchronized boolean beginAnswer() {
		if (!canAskPolicies()) {
			return false;
		}
		this.question = null;
		this.asking = Thread.currentThread();
		return true;
	}

	private synchronized void endAnswer() {
		this.asking = null;
	}

	/**
	 * Return a duration that is shortened at random by up to {@code reconnect-jitter} of
	 * it.
	 */
	long shorten(long nanos) {
		return this.backoff.shorten(nanos);
	}

	/**
	 * Return the wait before an attempt.
	 * @param decision the answer of the policies
	 * @param attempt the number of the attempt, from 1
	 * @return the wait in nanoseconds
	 */
	long waitNanos(HeartbeatReconnectDecision decision, int attempt) {
		Duration wait = decision.getWait();
		return (wait != null) ? wait.toNanos() : this.backoff.waitNanos(attempt);
	}

	private record Question(ReconnectDecider decider, int attempt, Duration elapsed, HeartbeatConnectionException cause,
			Consumer<HeartbeatReconnectDecision> answer) implements Runnable {

		@Override
		public void run() {
			this.decider.answer(this.attempt, this.elapsed, this.cause, this.answer);
		}

	}

}
