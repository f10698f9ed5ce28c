package io.github.heartbeat.internal.hook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.MessageObservation;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.Interrupts;
import io.github.heartbeat.internal.runtime.Ticker;
import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Calls the listeners of one client. An exception in a listener does not prevent the
 * calls of the others; it causes an error hook directly after the failed hook.
 */
public final class HookDispatcher implements MessageReceiver {

	private static final EngineLog logger = EngineLog.of(HookDispatcher.class);

	private final HeartbeatClient client;

	private final ClientObservation observation;

	private final Supplier<List<HeartbeatListener>> candidates;

	private final UserCodeLog userCodeLog;

	/** {@code null} unless it is enabled. */
	private final @Nullable HookMdc mdc;

	private final boolean observingMessages;

	/** Whether messages are delivered with neither the MDC nor an observation. */
	private final boolean plain;

	private final ReceiptClock receiptClock;

	private boolean started;

	/** An array, because iterating over it is cheapest on the hot path. */
	private volatile HeartbeatListener[] listeners = {};

	/**
	 * The same listeners at the same indexes, with {@code null} for each listener that is
	 * not a {@link ReceiptListener}. An {@code instanceof} check per message would cost
	 * as much as the clock reading that a receipt listener saves.
	 */
	private volatile @Nullable ReceiptListener[] receiptListeners = {};

	private volatile boolean closed;

	public HookDispatcher(HeartbeatClient client, ClientObservation observation,
			Supplier<List<HeartbeatListener>> candidates, UserCodeLog userCodeLog, @Nullable HookMdc mdc,
			boolean observingMessages, Ticker ticker) {
		this.client = client;
		this.observation = observation;
		this.candidates = candidates;
		this.userCodeLog = userCodeLog;
		this.mdc = mdc;
		this.observingMessages = observingMessages;
		this.plain = mdc == null && !observingMessages;
		this.receiptClock = new ReceiptClock(ticker);
	}

	public HeartbeatClient client() {
		return this.client;
	}

	/**
	 * Run code of a user with the context of a hook.
	 */
	public <T> T call(Callable<T> callback) throws Exception {
		HookMdc mdc = this.mdc;
		if (mdc != null) {
			mdc.put();
		}
		try {
			return callback.call();
		}
		finally {
			if (mdc != null) {
				mdc.remove();
			}
			Interrupts.clear();
		}
	}

	/**
	 * Look up the listeners. This happens on start, so that clients can be injected into
	 * listeners.
	 */
	public synchronized void start() {
		if (!this.started) {
			HeartbeatListener[] listeners = this.candidates.get()
				.stream()
				.filter(this::isSupporting)
				.toArray(HeartbeatListener[]::new);
			this.receiptListeners = Arrays.stream(listeners)
				.map((listener) -> (listener instanceof ReceiptListener receipt) ? receipt : null)
				.toArray(ReceiptListener[]::new);
			this.listeners = listeners;
			this.started = true;
		}
	}

	private boolean isSupporting(HeartbeatListener listener) {
		try {
			return listener.supports(this.client.getName());
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.LISTENER_SUPPORTS, ex);
			return false;
		}
	}

	/**
	 * Stop calling listeners, including the remaining listeners of a running hook.
	 */
	void close() {
		this.closed = true;
	}

	public void open(WebSocketSession session, boolean reconnect) {
		report(Callback.OPEN, call(Callback.OPEN, (listener) -> listener.onOpen(this.client, session, reconnect)));
	}

	/**
	 * Separate from the other hooks because this is the hot path: a text message causes
	 * no allocation.
	 */
	@Override
	public void message(WebSocketMessage<?> message, long received) {
		if (this.plain) {
			callForMessage(message, received);
			return;
		}
		HookMdc mdc = this.mdc;
		if (mdc == null) {
			observeMessage(message, received);
			return;
		}
		mdc.put();
		try {
			observeMessage(message, received);
		}
		finally {
			mdc.remove();
		}
	}

	private void observeMessage(WebSocketMessage<?> message, long received) {
		if (!this.observingMessages) {
			callForMessage(message, received);
			return;
		}
		MessageObservation observation = this.observation.messageDelivered(message);
		HeartbeatConnectionException failure = null;
		try {
			Interrupts.clear();
			failure = callForMessage(message, received);
		}
		finally {
			observation.ended(failure);
			Interrupts.clear();
		}
	}

	private @Nullable HeartbeatConnectionException callForMessage(WebSocketMessage<?> message, long received) {
		List<Throwable> failures = null;
		HeartbeatListener[] listeners = this.listeners;
		@Nullable ReceiptListener[] receiptListeners = this.receiptListeners;
		for (int i = 0; i < listeners.length; i++) {
			if (this.closed) {
				return null;
			}
			try {
				ReceiptListener receiptListener = receiptListeners[i];
				if (receiptListener != null) {
					receiptListener.onMessage(this.client, forOneListener(message), this.receiptClock.millis(received));
				}
				else {
					listeners[i].onMessage(this.client, forOneListener(message));
				}
			}
			catch (Throwable ex) {
				failures = addFailure(failures, Callback.MESSAGE, ex);
			}
			Interrupts.clear();
		}
		return report(Callback.MESSAGE, failures);
	}

	/**
	 * Return a message that one receiver of several can read. A binary message gets a
	 * read-only buffer of its own.
	 */
	public static WebSocketMessage<?> forOneListener(WebSocketMessage<?> message) {
		return (message instanceof BinaryMessage binary) ? new BinaryMessage(binary.getPayload().asReadOnlyBuffer())
				: message;
	}

	/**
	 * Return the call of the error hooks.
	 */
	public Runnable error(HeartbeatConnectionException cause) {
		return new ErrorHook(this, cause);
	}

	/**
	 * Return the call of the close hooks.
	 * @param last whether no hook may follow because the client was closed
	 */
	public Runnable close(CloseStatus status, HeartbeatInitiator initiator, boolean last) {
		return new CloseHook(this, status, initiator, last);
	}

	/**
	 * Return the call of the reconnect hooks.
	 */
	public Runnable reconnect(int attempt, Duration wait, HeartbeatConnectionException cause) {
		return new ReconnectHook(this, attempt, wait, cause);
	}

	/**
	 * Return the call of the exhausted hooks.
	 */
	public Runnable exhausted(int attempts, HeartbeatConnectionException cause) {
		return new ExhaustedHook(this, attempts, cause);
	}

	public void leaseGranted(HeartbeatLease lease, Duration standby) {
		report(Callback.LEASE_GRANTED,
				call(Callback.LEASE_GRANTED, (listener) -> listener.onLeaseGranted(this.client, lease, standby)));
	}

	/**
	 * Return the call of the lease lost hooks.
	 */
	public Runnable leaseLost(HeartbeatLease lease, HeartbeatLeaseLostReason reason) {
		return new LeaseLostHook(this, lease, reason);
	}

	private @Nullable List<Throwable> call(Callback hook, Consumer<HeartbeatListener> action) {
		HookMdc mdc = this.mdc;
		if (mdc == null) {
			return callEach(hook, action);
		}
		mdc.put();
		try {
			return callEach(hook, action);
		}
		finally {
			mdc.remove();
		}
	}

	private @Nullable List<Throwable> callEach(Callback hook, Consumer<HeartbeatListener> action) {
		List<Throwable> failures = null;
		for (HeartbeatListener listener : this.listeners) {
			if (this.closed) {
				return null;
			}
			try {
				action.accept(listener);
			}
			catch (Throwable ex) {
				failures = addFailure(failures, hook, ex);
			}
			Interrupts.clear();
		}
		return failures;
	}

	/**
	 * If the failure cannot be recorded, the remaining listeners are still called.
	 */
	private @Nullable List<Throwable> addFailure(@Nullable List<Throwable> failures, Callback hook, Throwable failure) {
		try {
			if (failure instanceof ListenerFailure described) {
				this.userCodeLog.thrown(described.callback(), described.detail(), described.failure());
			}
			else {
				this.userCodeLog.thrown(hook, failure);
			}
			List<Throwable> all = (failures != null) ? failures : new ArrayList<>();
			all.add(failure);
			return all;
		}
		catch (Throwable ex) {
			logger.debug("Failed to record the failure of a listener", ex);
			return failures;
		}
	}

	/**
	 * Report the failures of a hook.
	 * @return the cause of the first error hook, or {@code null} if nothing failed
	 */
	private @Nullable HeartbeatConnectionException report(Callback hook, @Nullable List<Throwable> failures) {
		if (failures == null) {
			return null;
		}
		HeartbeatConnectionException first = null;
		for (Throwable failure : failures) {
			HeartbeatConnectionException cause = (failure instanceof ListenerFailure described)
					? described.cause(this.client.getName())
					: new HeartbeatConnectionException(Kind.LISTENER, hook.sentence(this.client.getName(), failure));
			this.observation.error(cause);
			error(cause).run();
			first = (first != null) ? first : cause;
		}
		return first;
	}

	private record ErrorHook(HookDispatcher dispatcher,
			HeartbeatConnectionException cause) implements Runnable, Consumer<HeartbeatListener> {

		@Override
		public void run() {
			this.dispatcher.call(Callback.ERROR, this);
		}

		@Override
		public void accept(HeartbeatListener listener) {
			listener.onError(this.dispatcher.client, this.cause);
		}

	}

	private record CloseHook(HookDispatcher dispatcher, CloseStatus status, HeartbeatInitiator initiator,
			boolean last) implements Runnable, Consumer<HeartbeatListener> {

		@Override
		public void run() {
			List<Throwable> failures = this.dispatcher.call(Callback.CLOSE, this);
			if (!this.last) {
				this.dispatcher.report(Callback.CLOSE, failures);
			}
		}

		@Override
		public void accept(HeartbeatListener listener) {
			listener.onClose(this.dispatcher.client, this.status, this.initiator);
		}

	}

	private record ReconnectHook(HookDispatcher dispatcher, int attempt, Duration delay,
			HeartbeatConnectionException cause) implements Runnable, Consumer<HeartbeatListener> {

		@Override
		public void run() {
			this.dispatcher.report(Callback.RECONNECT, this.dispatcher.call(Callback.RECONNECT, this));
		}

		@Override
		public void accept(HeartbeatListener listener) {
			listener.onReconnect(this.dispatcher.client, this.attempt, this.delay, this.cause);
		}

	}

	private record ExhaustedHook(HookDispatcher dispatcher, int attempts,
			HeartbeatConnectionException cause) implements Runnable, Consumer<HeartbeatListener> {

		@Override
		public void run() {
			this.dispatcher.report(Callback.EXHAUSTED, this.dispatcher.call(Callback.EXHAUSTED, this));
		}

		@Override
		public void accept(HeartbeatListener listener) {
			listener.onExhausted(this.dispatcher.client, this.attempts, this.cause);
		}

	}

	/**
	 * Failures are logged only, because no hook may follow.
	 */
	private record LeaseLostHook(HookDispatcher dispatcher, HeartbeatLease lease,
			HeartbeatLeaseLostReason reason) implements Runnable, Consumer<HeartbeatListener> {

		@Override
		public void run() {
			this.dispatcher.call(Callback.LEASE_LOST, this);
		}

		@Override
		public void accept(HeartbeatListener listener) {
			listener.onLeaseLost(this.dispatcher.client, this.lease, this.reason);
		}

	}

}
