package io.github.heartbeat.internal.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatSubscription;
import io.github.heartbeat.internal.connection.Connection;
import io.github.heartbeat.internal.message.OutgoingMessages;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.Interrupts;
import io.github.heartbeat.internal.send.PendingSend;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketMessage;

/**
 * The subscriptions of one client. {@link #synchronize} brings a connection up to date
 * with them. It runs as a hook, and hooks run one at a time, so each connection gets each
 * subscription once, however calls and opens interleave.
 */
final class Subscriptions {

	private final String clientName;

	/** Ends a subscription; set by the state machine, which decides what follows. */
	private final Consumer<Subscription> end;

	private final UserCodeLog userCodeLog;

	/** In the order of registration. Immutable while it is empty, like {@link #ended}. */
	@GuardedBy("this")
	private Map<String, Subscription> active = Map.of();

	/** Ended, and perhaps still to be unsubscribed on the current connection. */
	@GuardedBy("this")
	private List<Subscription> ended = List.of();

	Subscriptions(String clientName, UserCodeLog userCodeLog, Consumer<Subscription> end) {
		this.clientName = clientName;
		this.userCodeLog = userCodeLog;
		this.end = end;
	}

	/**
	 * Add a subscription. It replaces one with the same key.
	 */
	synchronized Subscription add(String key, Supplier<? extends WebSocketMessage<?>> subscribe,
			@Nullable Supplier<? extends WebSocketMessage<?>> unsubscribe) {
		Subscription subscription = new Subscription(key, subscribe, unsubscribe);
		if (this.active.isEmpty()) {
			this.active = new LinkedHashMap<>(2);
		}
		Subscription replaced = this.active.remove(key);
		if (replaced != null) {
			replaced.active = false;
			addEnded(replaced);
		}
		this.active.put(key, subscription);
		return subscription;
	}

	/**
	 * End a subscription.
	 * @return whether it was active
	 */
	synchronized boolean remove(Subscription subscription) {
		if (!subscription.active) {
			return false;
		}
		subscription.active = false;
		this.active.remove(subscription.key);
		addEnded(subscription);
		return true;
	}

	@GuardedBy("this")
	private void addEnded(Subscription subscription) {
		if (this.ended.isEmpty()) {
			this.ended = new ArrayList<>(1);
		}
		this.ended.add(subscription);
	}

	/**
	 * End all subscriptions without a message.
	 */
	synchronized void clear() {
		for (Subscription subscription : this.active.values()) {
			subscription.active = false;
		}
		this.active = Map.of();
		this.ended = List.of();
	}

	/**
	 * Return the active subscriptions.
	 */
	synchronized Set<HeartbeatSubscription> all() {
		return Set.copyOf(this.active.values());
	}

	synchronized int count() {
		return this.active.size();
	}

	/**
	 * Both lists are taken in one step, so that the unsubscribe message of a replaced
	 * subscription is written before the new subscribe message.
	 */
	private synchronized @Nullable Changes takeChanges() {
		if (this.ended.isEmpty() && this.active.isEmpty()) {
			return null;
		}
		Changes changes = new Changes(this.ended, List.copyOf(this.active.values()));
		this.ended = List.of();
		return changes;
	}

	/**
	 * Unsubscribe what has ended and subscribe what is new on a connection. Called from a
	 * hook, under no lock. Calls code of users.
	 * @param onError receives the failures of suppliers
	 */
	void synchronize(Connection connection, Consumer<HeartbeatConnectionException> onError) {
		Changes changes = takeChanges();
		if (changes == null) {
			return;
		}
		for (Subscription subscription : changes.ended()) {
			if (subscription.isSentOn(connection) && subscription.unsubscribe != null) {
				send(connection, subscription.unsubscribe, onError);
			}
		}
		for (Subscription subscription : changes.active()) {
			if (subscription.askedFor != connection) {
				subscription.askedFor = connection;
				subscription.sent = send(connection, subscription.subscribe, onError);
			}
		}
	}

	private boolean send(Connection connection, Supplier<? extends WebSocketMessage<?>> supplier,
			Consumer<HeartbeatConnectionException> onError) {
		if (connection.hasEnded()) {
			return false;
		}
		PendingSend send = pendingSend(connection, supplier, onError);
		return send != null && connection.offerSubscription(send) == null;
	}

	private @Nullable PendingSend pendingSend(Connection connection, Supplier<? extends WebSocketMessage<?>> supplier,
			Consumer<HeartbeatConnectionException> onError) {
		try {
			@Nullable WebSocketMessage<?> message = supplier.get();
			if (message == null) {
				throw new IllegalStateException("The supplier returned null");
			}
			OutgoingMessages.requireWritable(message);
			return connection.pendingSend(message);
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.SUBSCRIPTION, ex);
			onError.accept(new HeartbeatConnectionException(Kind.SUBSCRIPTION,
					Callback.SUBSCRIPTION.sentence(this.clientName, ex)));
			return null;
		}
		finally {
			Interrupts.clear();
		}
	}

	private record Changes(List<Subscription> ended, List<Subscription> active) {
	}

	/**
	 * One subscription.
	 */
	final class Subscription implements HeartbeatSubscription {

		private final String key;

		private final Supplier<? extends WebSocketMessage<?>> subscribe;

		private final @Nullable Supplier<? extends WebSocketMessage<?>> unsubscribe;

		private volatile boolean active = true;

		/** The connection that its supplier was last asked for. Confined to hooks. */
		private @Nullable Connection askedFor;

		/** Whether it was sent on that connection. Confined to hooks. */
		private boolean sent;

		Subscription(String key, Supplier<? extends WebSocketMessage<?>> subscribe,
				@Nullable Supplier<? extends WebSocketMessage<?>> unsubscribe) {
			this.key = key;
			this.subscribe = subscribe;
			this.unsubscribe = unsubscribe;
		}

		private boolean isSentOn(Connection connection) {
			return this.sent && this.askedFor == connection;
		}

		@Override
		public String getKey() {
			return this.key;
		}

		@Override
		public boolean isActive() {
			return this.active;
		}

		@Override
		public void close() {
			Subscriptions.this.end.accept(this);
		}

		@Override
		public String toString() {
			return "HeartbeatSubscription '" + this.key + "'";
		}

	}

}
