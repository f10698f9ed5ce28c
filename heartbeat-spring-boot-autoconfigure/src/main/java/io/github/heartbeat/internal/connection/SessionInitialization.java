package io.github.heartbeat.internal.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.hook.Hook;
import io.github.heartbeat.internal.hook.HookDispatcher;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.hook.MessageReceiver;
import io.github.heartbeat.internal.message.OutgoingMessages;
import io.github.heartbeat.internal.message.Utf8;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.send.PendingSend;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * The time of a connection between its handshake and its open hook. Messages go to the
 * session initializer. Those that it does not take are kept, and follow the open hook.
 */
final class SessionInitialization implements HeartbeatSession, MessageReceiver {

	private static final Outcome READY = new Outcome(null);

	private final Connection connection;

	private final HeartbeatSessionInitializer initializer;

	private final HookDispatcher dispatcher;

	private final HookQueue hooks;

	private final UserCodeLog userCodeLog;

	private final ConnectionSignals signals;

	private final DataSize maxKept;

	private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();

	/** Confined to hooks. */
	private long keptBytes;

	/** Messages for the open hook, or {@code null} when they were passed on. */
	@GuardedBy("this")
	private @Nullable List<Hook> kept = new ArrayList<>();

	/** Whether the client was closed or the attempt has failed. */
	@GuardedBy("this")
	private boolean discarded;

	SessionInitialization(Connection connection, HeartbeatSessionInitializer initializer, HookDispatcher dispatcher,
			HookQueue hooks, UserCodeLog userCodeLog, ConnectionSignals signals, DataSize maxMessageSize) {
		this.connection = connection;
		this.initializer = initializer;
		this.dispatcher = dispatcher;
		this.hooks = hooks;
		this.userCodeLog = userCodeLog;
		this.signals = signals;
		this.maxKept = maxMessageSize;
	}

	/**
	 * Call the initializer. Called as a hook.
	 */
	void begin() {
		if (this.outcome.get() == null) {
			call(() -> {
				this.initializer.initialize(this);
				return true;
			});
		}
	}

	@Override
	public void message(WebSocketMessage<?> message, long received) {
		if (this.outcome.get() == null
				&& call(() -> this.initializer.onMessage(this, HookDispatcher.forOneListener(message)))) {
			return;
		}
		if (!keep(message, received)) {
			this.dispatcher.message(message, received);
		}
	}

	/**
	 * Call the initializer. An exception fails the attempt, or is an error if the session
	 * is ready.
	 * @return the result, or {@code true} if the initializer threw an exception
	 */
	private boolean call(Callable<Boolean> callback) {
		try {
			return this.dispatcher.call(callback);
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.SESSION_INITIALIZER, ex);
			String sentence = Callback.SESSION_INITIALIZER.sentence(getClient().getName(), ex);
			if (!end(new Outcome(new HeartbeatConnectionException(Kind.NOT_READY, sentence)))) {
				this.signals.error(this.connection, new HeartbeatConnectionException(Kind.LISTENER, sentence));
			}
			return true;
		}
	}

	/**
	 * Keep a message for the open hook.
	 * @return {@code false} if the kept messages were passed on, so that this one can be
	 * delivered
	 */
	private boolean keep(WebSocketMessage<?> message, long received) {
		synchronized (this) {
			if (this.discarded) {
				return true;
			}
			if (this.kept == null) {
				return false;
			}
			this.kept
				.add(new Hook(Hook.Type.MESSAGE, this.connection, () -> this.dispatcher.message(message, received)));
		}
		this.keptBytes += Math.max(1,
				(message instanceof TextMessage text) ? Utf8.length(text.getPayload()) : message.getPayloadLength());
		if (this.keptBytes > this.maxKept.toBytes()) {
			end(new Outcome(new HeartbeatConnectionException(Kind.NOT_READY,
					"More than max-message-size (" + this.maxKept + ") was received before the session was ready")));
		}
		return true;
	}

	/**
	 * Deliver the kept messages after the current hook. Called at the end of the open
	 * hook.
	 */
	void deliverKept() {
		synchronized (this) {
			if (this.kept != null && !this.discarded) {
				this.hooks.enqueueFirst(this.kept);
			}
			this.kept = null;
		}
	}

	/**
	 * Discard the kept messages, because the client was closed or the attempt has failed.
	 * Called before queued messages are discarded.
	 */
	void discard() {
		this.outcome.compareAndSet(null, READY);
		synchronized (this) {
			this.discarded = true;
			this.kept = null;
		}
	}

	/**
	 * Whether the initializer has decided.
	 */
	boolean isDecided() {
		return this.outcome.get() != null;
	}

	/**
	 * Return why the session is not ready, or {@code null} if it is or nothing is decided
	 * yet.
	 */
	@Nullable HeartbeatConnectionException failure() {
		Outcome outcome = this.outcome.get();
		return (outcome != null) ? outcome.failure() : null;
	}

	private boolean end(Outcome outcome) {
		if (!this.outcome.compareAndSet(null, outcome)) {
			return false;
		}
		this.signals.initialized(this.connection);
		return true;
	}

	@Override
	public HeartbeatClient getClient() {
		return this.dispatcher.client();
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.connection.view().getAttributes();
	}

	@Override
	public CompletableFuture<Void> send(String text) {
		return send(new TextMessage(text));
	}

	@Override
	public CompletableFuture<Void> send(WebSocketMessage<?> message) {
		OutgoingMessages.requireWritable(message);
		PendingSend send = this.connection.pendingSend(message);
		Reason refusal = isDecided() ? this.connection.offer(send) : this.connection.offerFirst(send);
		if (refusal != null) {
			send.refuse(refusal);
		}
		return send.future();
	}

	@Override
	public void ready() {
		end(READY);
	}

	@Override
	public void fail(String reason) {
		Assert.hasText(reason, "'reason' must not be empty");
		end(new Outcome(new HeartbeatConnectionException(Kind.NOT_READY, reason)));
	}

	@Override
	public String toString() {
		return "HeartbeatSession of " + getClient();
	}

	/**
	 * The decision of the initializer.
	 *
	 * @param failure why the session is not ready, or {@code null} if it is
	 */
	private record Outcome(@Nullable HeartbeatConnectionException failure) {
	}

}
