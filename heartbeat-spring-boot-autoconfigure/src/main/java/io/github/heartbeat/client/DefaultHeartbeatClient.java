package io.github.heartbeat.client;

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
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * The face of a client. Its life is the state machine's.
 */
final class DefaultHeartbeatClient implements HeartbeatClient {

	private final String name;

	private final HeartbeatClientSettings settings;

	private final EngineResources resources;

	private final ClientObservation observation;

	private final HookDispatcher dispatcher;

	private final ReconnectPolicies policies;

	private final ClientStateMachine machine;

	DefaultHeartbeatClient(String name, HeartbeatClientSettings settings, Supplier<List<HeartbeatListener>> listeners,
			Supplier<List<HeartbeatClientObserverFactory>> observers, PingMessages pingMessages,
			ReconnectPolicies policies, Connector connector, OriginGates gates, EngineResources resources) {
		this.name = name;
		this.settings = settings;
		this.resources = resources;
		this.policies = policies;
		this.observation = new ClientObservation(this, observers, resources.ticker());
		this.dispatcher = new HookDispatcher(this, this.observation, listeners, resources.ticker());
		HookQueue hooks = new HookQueue(resources, this.dispatcher, new LongHookWarning(name, settings, resources));
		this.machine = new ClientStateMachine(name, settings, connector, pingMessages, policies, this.observation,
				hooks, this.dispatcher, gates, resources);
	}

	/**
	 * Find the observers, listeners and policies. Calls code of users, so no lock may be
	 * held.
	 */
	void findCollaborators() {
		this.observation.start();
		this.dispatcher.start();
		this.policies.find();
	}

	ClientStateMachine machine() {
		return this.machine;
	}

	/**
	 * Close, never to open again.
	 * @param quiet run when the socket is gone and no hook runs or waits
	 */
	void remove(Runnable quiet) {
		this.machine.remove(quiet);
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
		requireSendable(status);
		this.machine.close(status);
	}

	@Override
	public void reconnect() {
		this.machine.reconnect();
	}

	@Override
	public CompletableFuture<Void> send(String text) {
		return send(new TextMessage(text));
	}

	@Override
	public CompletableFuture<Void> send(WebSocketMessage<?> message) {
		requireWritable(message);
		PendingSend send = new PendingSend(this.name, message, this.observation);
		Connection opening = this.dispatcher.openingHere();
		Reason refusal = (opening != null) ? opening.offer(send) : this.machine.offer(send);
		if (refusal != null) {
			send.refuse(refusal);
		}
		return send.future();
	}

	/**
	 * Texts are UTF-8 on the wire (RFC 6455, section 5.6): one that cannot be encoded
	 * would cost the connection.
	 */
	static void requireWritable(WebSocketMessage<?> message) {
		Assert.isTrue(message.isLast(), "Partial messages cannot be sent");
		boolean control = message instanceof PingMessage || message instanceof PongMessage;
		Assert.isTrue(control || message instanceof TextMessage || message instanceof BinaryMessage,
				() -> "Messages of " + message.getClass().getName() + " cannot be sent");
		Assert.isTrue(!(message instanceof TextMessage text) || Utf8.isEncodable(text.getPayload()),
				"A text with half a surrogate pair cannot be sent");
		Assert.isTrue(!control || message.getPayloadLength() <= PingMessages.MAX_CONTROL_PAYLOAD,
				"A ping or pong carries at most 125 bytes");
	}

	/**
	 * RFC 6455, section 7.4: some codes stand for what was not on the wire, and those
	 * from 1016 to 2999 for nothing yet.
	 */
	static void requireSendable(CloseStatus status) {
		int code = status.getCode();
		Assert.isTrue(
				!status.equalsCode(CloseStatus.NO_STATUS_CODE) && !status.equalsCode(CloseStatus.NO_CLOSE_FRAME)
						&& (code < CloseStatus.TLS_HANDSHAKE_FAILURE.getCode() || code >= 3000),
				() -> "Close code " + code + " may not be sent");
	}

	@Override
	public String toString() {
		return "HeartbeatClient '" + this.name + "' (" + getState() + ")";
	}

}
