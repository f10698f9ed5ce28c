package io.github.heartbeat.internal.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientSnapshot;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSubscription;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.connect.Connector;
import io.github.heartbeat.internal.connection.Connection;
import io.github.heartbeat.internal.hook.HookDispatcher;
import io.github.heartbeat.internal.hook.HookMdc;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.hook.LongHookWarning;
import io.github.heartbeat.internal.lease.Lease;
import io.github.heartbeat.internal.message.OutgoingMessages;
import io.github.heartbeat.internal.message.PayloadConverters;
import io.github.heartbeat.internal.message.PingMessages;
import io.github.heartbeat.internal.message.PongMatchers;
import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.send.PendingSend;
import io.github.heartbeat.leader.HeartbeatLease;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Public facade of a client; delegates to the state machine.
 */
final class DefaultHeartbeatClient implements HeartbeatClient {

	private final String name;

	private final HeartbeatClientSettings settings;

	private final ClientObservation observation;

	private final HookDispatcher dispatcher;

	private final PongMatchers pongMatchers;

	private final SessionInitializers sessionInitializers;

	private final ReconnectPolicies policies;

	private final PayloadConverters converters;

	private final ClientStateMachine machine;

	DefaultHeartbeatClient(String name, HeartbeatClientSettings settings, Supplier<List<HeartbeatListener>> listeners,
			Supplier<List<HeartbeatClientObserverFactory>> observers, PingMessages pingMessages,
			SessionInitializers sessionInitializers, PongMatchers pongMatchers, ReconnectPolicies policies,
			PayloadConverters converters, Connector connector, ConnectLimiter connectLimiter, UserCodeLog userCodeLog,
			@Nullable HookMdc mdc, @Nullable Lease lease, EngineResources resources) {
		this.name = name;
		this.settings = settings;
		this.pongMatchers = pongMatchers;
		this.sessionInitializers = sessionInitializers;
		this.policies = policies;
		this.converters = converters;
		this.observation = new ClientObservation(this, observers, userCodeLog, resources);
		this.dispatcher = new HookDispatcher(this, this.observation, listeners, userCodeLog, mdc,
				settings.isObservationMessages(), resources.ticker());
		HookQueue hooks = new HookQueue(resources, this.dispatcher, new LongHookWarning(name, settings, resources));
		this.machine = new ClientStateMachine(name, settings, connector, pingMessages, sessionInitializers,
				pongMatchers, new ReconnectDecider(settings, policies, resources), this.observation, hooks,
				this.dispatcher, connectLimiter, userCodeLog, lease, resources);
	}

	/**
	 * Resolve the observers, listeners, initializers, matchers and policies. Calls code
	 * of users, so the caller must not hold a lock.
	 */
	void findExtensions() {
		this.observation.start();
		this.dispatcher.start();
		this.sessionInitializers.find();
		this.pongMatchers.start();
		this.policies.find();
	}

	ClientStateMachine machine() {
		return this.machine;
	}

	/**
	 * Close permanently.
	 * @param terminated runs when the socket is closed and no hook runs or is queued
	 */
	void remove(Runnable terminated) {
		this.machine.remove(terminated);
		this.observation.removed();
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public HeartbeatClientState getState() {
		return this.machine.state();
	}

	@Override
	public int getRepeat() {
		return this.machine.repeat();
	}

	@Override
	public HeartbeatClientSnapshot getSnapshot() {
		return this.machine.snapshot();
	}

	@Override
	public HeartbeatClientSettings getSettings() {
		return this.settings;
	}

	@Override
	public @Nullable HeartbeatLease getLease() {
		return this.machine.grantedLease();
	}

	@Override
	public @Nullable WebSocketSession getSession() {
		Connection connection = this.machine.connection();
		return (connection != null) ? connection.view() : null;
	}

	@Override
	public void open() {
		this.machine.open();
	}

	@Override
	public void close(CloseStatus status) {
		OutgoingMessages.requireSendable(status);
		this.machine.close(status);
	}

	@Override
	public void reconnect() {
		this.machine.reconnect();
	}

	@Override
	public void releaseLease() {
		this.machine.releaseLease();
	}

	@Override
	public CompletableFuture<Void> send(String text) {
		return send(new TextMessage(text));
	}

	@Override
	public CompletableFuture<Void> send(WebSocketMessage<?> message) {
		OutgoingMessages.requireWritable(message);
		PendingSend send = new PendingSend(this.name, message, this.observation);
		Reason refusal = this.machine.offer(send);
		if (refusal != null) {
			send.refuse(refusal);
		}
		return send.future();
	}

	@Override
	public CompletableFuture<Void> convertAndSend(Object payload) {
		return send(this.converters.write(this.name, payload));
	}

	@Override
	public HeartbeatSubscription subscribe(String key, Supplier<? extends WebSocketMessage<?>> subscribe,
			@Nullable Supplier<? extends WebSocketMessage<?>> unsubscribe) {
		Assert.hasText(key, "'key' must not be empty");
		Assert.notNull(subscribe, "'subscribe' must not be null");
		return this.machine.subscribe(key, subscribe, unsubscribe);
	}

	@Override
	public String toString() {
		return "HeartbeatClient '" + this.name + "' (" + getState() + ")";
	}

}
