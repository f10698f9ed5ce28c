package io.github.heartbeat.internal.observe;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatAttemptObserver;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatHandshake;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.Interrupts;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Notifies the observers of one connection attempt. The end is reported on an executor,
 * because it becomes known under the lock of the client, and an observer can block.
 */
final class ObservedAttempt implements AttemptObservation {

	private static final EngineLog logger = EngineLog.of(ObservedAttempt.class);

	private final HeartbeatClientObserver[] candidates;

	private final UserCodeLog userCodeLog;

	private final Executor executor;

	private final Runnable whenReported;

	private final EngineLock lock = new EngineLock();

	/** Allocated early, because the end of an attempt must not depend on free memory. */
	private final Runnable report = this::report;

	/**
	 * {@code null} until the attempt has started. Elements are {@code null} for
	 * candidates that do not observe it. An array, because an observer that has started
	 * must be kept without an allocation.
	 */
	@GuardedBy("lock")
	private @Nullable HeartbeatAttemptObserver @Nullable [] observers;

	/** Whether all candidates have declined. */
	private volatile boolean unobserved;

	/** Written under the lock of the client, before the outcome. */
	private @Nullable HeartbeatConnectionException failure;

	/** Written under the lock of the client. */
	private volatile @Nullable Outcome outcome;

	/**
	 * Create an observation.
	 * @param executor reports the end
	 * @param whenReported runs when no observer will be called any more
	 */
	ObservedAttempt(HeartbeatClientObserver[] candidates, UserCodeLog userCodeLog, Executor executor,
			Runnable whenReported) {
		this.whenReported = whenReported;
		this.candidates = candidates;
		this.userCodeLog = userCodeLog;
		this.executor = executor;
	}

	@Override
	public void start() {
		if (this.unobserved) {
			return;
		}
		this.lock.lock();
		try {
			startedObservers();
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private @Nullable HeartbeatAttemptObserver[] startedObservers() {
		@Nullable HeartbeatAttemptObserver[] observers = this.observers;
		if (observers == null) {
			observers = new HeartbeatAttemptObserver[this.candidates.length];
			this.observers = observers;
			boolean unobserved = true;
			for (int i = 0; i < observers.length; i++) {
				observers[i] = start(this.candidates[i]);
				unobserved = unobserved && observers[i] == null;
			}
			this.unobserved = unobserved;
		}
		return observers;
	}

	private @Nullable HeartbeatAttemptObserver start(HeartbeatClientObserver candidate) {
		try {
			return candidate.attemptStarted();
		}
		catch (Throwable ex) {
			thrown(ex);
			return null;
		}
		finally {
			Interrupts.clear();
		}
	}

	@Override
	public void handshakePrepared(HeartbeatHandshake handshake) {
		if (this.unobserved) {
			return;
		}
		this.lock.lock();
		try {
			if (this.outcome != null) {
				return;
			}
			String url = handshake.getDisplayUrl();
			HttpHeaders headers = new HttpHeaders();
			for (HeartbeatAttemptObserver observer : startedObservers()) {
				if (observer != null) {
					prepare(observer, url, headers);
				}
			}
			headers.forEach((name, values) -> add(handshake, name, values));
		}
		finally {
			this.lock.unlock();
		}
	}

	private void prepare(HeartbeatAttemptObserver observer, String url, HttpHeaders headers) {
		try {
			observer.handshakePrepared(url, headers);
		}
		catch (Throwable ex) {
			thrown(ex);
		}
		finally {
			Interrupts.clear();
		}
	}

	private static void add(HeartbeatHandshake handshake, String name, List<String> values) {
		HttpHeaders headers = handshake.getHeaders();
		if (!headers.containsHeader(name) && isValid(handshake, name, values)) {
			headers.addAll(name, values);
		}
	}

	private static boolean isValid(HeartbeatHandshake handshake, String name, List<String> values) {
		try {
			for (String value : values) {
				new HeartbeatHandshake(handshake.getUrl(), Map.of(name, value), List.of()).validate();
			}
			return true;
		}
		catch (InvalidHeartbeatSettingException ex) {
			logger.debug("A header of an observer is not sent", ex);
			return false;
		}
	}

	@Override
	public void succeeded() {
		end(Outcome.SUCCESS, null);
	}

	@Override
	public void failed(HeartbeatConnectionException failure) {
		end(Outcome.FAILURE, failure);
	}

	@Override
	public void cancelled() {
		end(Outcome.CANCELLED, null);
	}

	private void end(Outcome outcome, @Nullable HeartbeatConnectionException failure) {
		if (this.outcome != null) {
			return;
		}
		this.failure = failure;
		this.outcome = outcome;
		if (this.unobserved) {
			this.whenReported.run();
		}
		else {
			submitReport();
		}
	}

	/**
	 * An observation that never ends is worse than a delay of the client.
	 */
	private void submitReport() {
		try {
			this.executor.execute(this.report);
		}
		catch (Throwable ex) {
			logger.debug("The end of an attempt is reported on the current thread", ex);
			this.report.run();
		}
	}

	private void report() {
		this.lock.lock();
		try {
			for (HeartbeatAttemptObserver observer : startedObservers()) {
				if (observer != null) {
					report(observer);
				}
			}
		}
		finally {
			this.lock.unlock();
			this.whenReported.run();
		}
	}

	private void report(HeartbeatAttemptObserver observer) {
		HeartbeatConnectionException failure = this.failure;
		try {
			if (failure != null) {
				observer.failed(failure);
			}
			else if (this.outcome == Outcome.SUCCESS) {
				observer.succeeded();
			}
			else {
				observer.cancelled();
			}
		}
		catch (Throwable ex) {
			thrown(ex);
		}
		finally {
			Interrupts.clear();
		}
	}

	/**
	 * Log the exception of an observer. Never throws, so that the other observers are
	 * notified.
	 */
	private void thrown(Throwable failure) {
		try {
			this.userCodeLog.thrown(Callback.OBSERVER, failure);
		}
		catch (Throwable ex) {
			logger.debug("Failed to log the exception of an observer", ex);
		}
	}

	private enum Outcome {

		SUCCESS, FAILURE, CANCELLED

	}

}
