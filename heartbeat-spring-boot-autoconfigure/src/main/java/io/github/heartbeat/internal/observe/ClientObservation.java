package io.github.heartbeat.internal.observe;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
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
import io.github.heartbeat.internal.runtime.Ticker;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Notifies the observers of a client and keeps what its snapshot shows.
 */
public final class ClientObservation {

	private static final HeartbeatClientObserver[] NONE = {};

	/**
	 * Clock synchronization usually adjusts the system clock in smaller steps than this.
	 */
	private static final Duration MAX_DEVIATION = Duration.ofMillis(100);

	private final HeartbeatClient client;

	private final Supplier<List<HeartbeatClientObserverFactory>> factories;

	private final UserCodeLog userCodeLog;

	private final Ticker ticker;

	private volatile HeartbeatClientObserver[] observers = NONE;

	private boolean started;

	private boolean removed;

	private volatile long since;

	private volatile long reconnects;

	private volatile @Nullable ConnectionEnd lastClose;

	private volatile @Nullable ErrorTime lastError;

	private volatile Anchor anchor;

	public ClientObservation(HeartbeatClient client, Supplier<List<HeartbeatClientObserverFactory>> factories,
			UserCodeLog userCodeLog, Ticker ticker) {
		this.client = client;
		this.factories = factories;
		this.userCodeLog = userCodeLog;
		this.ticker = ticker;
		this.anchor = new Anchor(ticker.now(), ticker.nanoTime());
		this.since = this.anchor.nanoTime();
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

	public void attemptEnded(long nanos, boolean success) {
		Duration duration = Duration.ofNanos(nanos);
		notifyObservers((observer) -> observer.attemptEnded(duration, success));
	}

	public void connectionEnded(CloseStatus status, HeartbeatInitiator initiator) {
		this.lastClose = new ConnectionEnd(this.ticker.nanoTime(), status.getCode(), initiator);
		notifyObservers((observer) -> observer.connectionEnded(status.getCode(), initiator));
	}

	/**
	 * Called by one thread at a time.
	 */
	public void reconnectScheduled(int attempt, Duration wait, HeartbeatConnectionException cause) {
		this.reconnects = this.reconnects + 1;
		notifyObservers((observer) -> observer.reconnectScheduled(attempt, wait, cause));
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

	public void messageSent() {
		notifyObservers(HeartbeatClientObserver::messageSent);
	}

	public void sendFailed(Reason reason) {
		notifyObservers((observer) -> observer.sendFailed(reason));
	}

	/**
	 * Notify the observers that the client was removed. {@link #start()} does nothing
	 * afterwards.
	 */
	public synchronized void removed() {
		this.removed = true;
		notifyObservers(HeartbeatClientObserver::removed);
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
		return instant(this.since);
	}

	public long reconnects() {
		return this.reconnects;
	}

	public @Nullable Close lastClose() {
		ConnectionEnd end = this.lastClose;
		return (end != null) ? new Close(instant(end.nanoTime()), end.code(), end.initiator()) : null;
	}

	public @Nullable Failure lastError() {
		ErrorTime error = this.lastError;
		return (error != null) ? new Failure(instant(error.nanoTime()), error.cause()) : null;
	}

	/**
	 * Return the current time of day on the same time scale as {@link #since()}, so that
	 * the difference of the two is the elapsed time.
	 */
	public Instant now() {
		return instant(this.ticker.nanoTime());
	}

	/**
	 * Return the time of day of a time of the ticker. While the system clock runs
	 * steadily, equal arguments give equal results. Truncated to milliseconds. After the
	 * system clock was set, past times move with it and their distances stay the same.
	 */
	public Instant instant(long nanoTime) {
		Anchor anchor = this.anchor;
		Instant clock = this.ticker.now();
		Instant anchored = anchor.instant(this.ticker.nanoTime());
		if (Duration.between(anchored, clock).abs().compareTo(MAX_DEVIATION) > 0) {
			anchor = new Anchor(clock, this.ticker.nanoTime());
			this.anchor = anchor;
		}
		return anchor.instant(nanoTime).truncatedTo(ChronoUnit.MILLIS);
	}

	private record ConnectionEnd(long nanoTime, int code, HeartbeatInitiator initiator) {
	}

	private record ErrorTime(long nanoTime, HeartbeatConnectionException cause) {
	}

	/**
	 * A time of day and the corresponding time of the ticker.
	 */
	private record Anchor(Instant clock, long nanoTime) {

		public Instant instant(long nanoTime) {
			return this.clock.plusNanos(nanoTime - this.nanoTime);
		}

	}

}
