package io.github.heartbeat.internal.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientSnapshot.Close;
import io.github.heartbeat.HeartbeatClientSnapshot.Failure;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Ticker;
import io.github.heartbeat.internal.runtime.TimeOfDay;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Notifies the observers of a client and keeps what its snapshot shows.
 */
public final class ClientObservation {

	private static final HeartbeatClientObserver[] NONE = {};

	private final HeartbeatClient client;

	private final Supplier<List<HeartbeatClientObserverFactory>> factories;

	private final UserCodeLog userCodeLog;

	private final Ticker ticker;

	private final TimeOfDay timeOfDay;

	private volatile HeartbeatClientObserver[] observers = NONE;

	/**
	 * The client itself, the report of its removal, and its attempts whose end was not
	 * reported yet. The client can end before the thread that removes it has reported
	 * that.
	 */
	private final AtomicInteger unfinished = new AtomicInteger(2);

	private final Runnable whenFinished = this::finished;

	private boolean started;

	private boolean removed;

	private volatile long since;

	private volatile long reconnects;

	private volatile @Nullable ConnectionEnd lastClose;

	private volatile @Nullable ErrorTime lastError;

	public ClientObservation(HeartbeatClient client, Supplier<List<HeartbeatClientObserverFactory>> factories,
			UserCodeLog userCodeLog, EngineResources resources) {
		this.client = client;
		this.factories = factories;
		this.userCodeLog = userCodeLog;
		this.ticker = resources.ticker();
		this.timeOfDay = resources.timeOfDay();
		this.since = this.ticker.nanoTime();
	}

	/**
	 * Create the observers. Calls user code, so the caller must hold no lock.
	 */
	public synchronized void start() {
		if (!this.started && !this.removed) {
			this.observers = this.factories.get()
				.stream()
				.map(this::observer)
				.filter(Objects::nonNull)
				.toArray(HeartbeatClientObserver[]::new);
			this.started = true;
		}
	}

	private @Nullable HeartbeatClientObserver observer(HeartbeatClientObserverFactory factory) {
		try {
			return factory.observe(this.client);
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.OBSERVER_FACTORY, ex);
			return null;
		}
	}

	public void stateChanged(HeartbeatClientState state, @Nullable HeartbeatConnectionException cause) {
		this.since = this.ticker.nanoTime();
		notifyObservers((observer) -> observer.stateChanged(state, cause));
	}

	/**
	 * Create the observation of a connection attempt.
	 * @param executor reports the end of the attempt
	 */
	public AttemptObservation attempt(Executor executor) {
		HeartbeatClientObserver[] observers = this.observers;
		if (observers.length == 0) {
			return AttemptObservation.NONE;
		}
		this.unfinished.incrementAndGet();
		return new ObservedAttempt(observers, this.userCodeLog, executor, this.whenFinished);
	}

	public void attemptEnded(long nanos, boolean success) {
		Duration duration = Duration.ofNanos(nanos);
		notifyObservers((observer) -> observer.attemptEnded(duration, success));
	}

	public void connectionEnded(CloseStatus status, HeartbeatInitiator initiator) {
		ConnectionEnd end = new ConnectionEnd(this.ticker.nanoTime(), status.getCode(), initiator);
		this.lastClose = end;
		notifyObservers(end);
	}

	/**
	 * Called by one thread at a time.
	 */
	public void reconnectScheduled(int attempt, Duration wait, HeartbeatConnectionException cause) {
		this.reconnects = this.reconnects + 1;
		notifyObservers(new ScheduledReconnect(attempt, wait, cause));
	}

	public void error(HeartbeatConnectionException cause) {
		this.lastError = new ErrorTime(this.ticker.nanoTime(), cause);
	}

	public void heartbeatWritten() {
		notifyObservers(HeartbeatClientObserver::heartbeatWritten);
	}

	public void heartbeatAnswered(long roundTripNanos) {
		Duration roundTrip = Duration.ofNanos(roundTripNanos);
		notifyObservers((observer) -> observer.heartbeatAnswered(roundTrip));
	}

	public void messageReceived() {
		notifyObservers(HeartbeatClientObserver::messageReceived);
	}

	/**
	 * Start the observation of a delivery. Calls user code, so the caller must hold no
	 * lock.
	 */
	public MessageObservation messageDelivered(WebSocketMessage<?> message) {
		return new MessageObservation(this.observers, message, this.userCodeLog);
	}

	public void messageSent() {
		notifyObservers(HeartbeatClientObserver::messageSent);
	}

	public void sendFailed(Reason reason) {
		notifyObservers(new SendFailure(reason));
	}

	public void leaseGranted() {
		notifyObservers(HeartbeatClientObserver::leaseGranted);
	}

	public void leaseLost(HeartbeatLeaseLostReason reason) {
		notifyObservers((observer) -> observer.leaseLost(reason));
	}

	public void leaseStoreCalled(String verb, String outcome, long nanos) {
		Duration duration = Duration.ofNanos(nanos);
		notifyObservers((observer) -> observer.leaseStoreCalled(verb, outcome, duration));
	}

	/**
	 * Notify the observers that the client was removed. {@link #start()} does nothing
	 * afterwards. Calls user code, so the caller must hold no lock.
	 */
	public void removed() {
		synchronized (this) {
			this.removed = true;
			notifyObservers(HeartbeatClientObserver::removed);
		}
		finished();
	}

	/**
	 * The removed client has no connection and runs no hook any more. Calls user code, so
	 * the caller must hold no lock.
	 */
	public void terminated() {
		finished();
	}

	private void finished() {
		if (this.unfinished.decrementAndGet() == 0) {
			notifyObservers(HeartbeatClientObserver::terminated);
		}
	}

	/**
	 * An exception in an observer must not interrupt the state transition.
	 */
	private void notifyObservers(Consumer<HeartbeatClientObserver> notification) {
		for (HeartbeatClientObserver observer : this.observers) {
			try {
				notification.accept(observer);
			}
			catch (Throwable ex) {
				this.userCodeLog.thrown(Callback.OBSERVER, ex);
			}
		}
	}

	public Instant since() {
		return this.timeOfDay.at(this.since);
	}

	public long reconnects() {
		return this.reconnects;
	}

	public @Nullable Close lastClose() {
		ConnectionEnd end = this.lastClose;
		return (end != null) ? new Close(this.timeOfDay.at(end.nanoTime()), end.code(), end.initiator()) : null;
	}

	public @Nullable Failure lastError() {
		ErrorTime error = this.lastError;
		return (error != null) ? new Failure(this.timeOfDay.at(error.nanoTime()), error.cause()) : null;
	}

	private record ConnectionEnd(long nanoTime, int code,
			HeartbeatInitiator initiator) implements Consumer<HeartbeatClientObserver> {

		@Override
		public void accept(HeartbeatClientObserver observer) {
			observer.connectionEnded(this.code, this.initiator);
		}

	}

	private record ScheduledReconnect(int attempt, Duration delay,
			HeartbeatConnectionException cause) implements Consumer<HeartbeatClientObserver> {

		@Override
		public void accept(HeartbeatClientObserver observer) {
			observer.reconnectScheduled(this.attempt, this.delay, this.cause);
		}

	}

	private record SendFailure(Reason reason) implements Consumer<HeartbeatClientObserver> {

		@Override
		public void accept(HeartbeatClientObserver observer) {
			observer.sendFailed(this.reason);
		}

	}

	private record ErrorTime(long nanoTime, HeartbeatConnectionException cause) {
	}

}
