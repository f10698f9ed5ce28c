package io.github.heartbeat.endpoint;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSnapshot;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * Actuator endpoint that shows the clients and, where access is granted, opens, closes
 * and reconnects them. The operations on one client are those of its extensions.
 *
 * @since 0.1.0
 * @see HeartbeatEndpointWebExtension
 * @see HeartbeatEndpointJmxExtension
 */
@Endpoint(id = "heartbeat", defaultAccess = Access.READ_ONLY)
public final class HeartbeatEndpoint {

	private final HeartbeatClients clients;

	private final TransitionHistory history;

	/**
	 * Create the endpoint.
	 * @param clients the clients
	 * @param history their last transitions
	 */
	public HeartbeatEndpoint(HeartbeatClients clients, TransitionHistory history) {
		this.clients = clients;
		this.history = history;
	}

	/**
	 * Return all clients.
	 * @return the clients by name
	 */
	@ReadOperation
	public ClientsDescriptor clients() {
		Map<String, ClientDescriptor> descriptors = new LinkedHashMap<>();
		this.clients.getAll().forEach((name, client) -> descriptors.put(name, ClientDescriptor.of(client)));
		return new ClientsDescriptor(descriptors);
	}

	/**
	 * Return a client with its last transitions.
	 * @param name the name of the client
	 * @return the client or {@code null} if there is none of that name
	 */
	public @Nullable ClientWithTransitionsDescriptor client(String name) {
		HeartbeatClient client = this.clients.get(name);
		return (client != null)
				? new ClientWithTransitionsDescriptor(ClientDescriptor.of(client), this.history.of(client)) : null;
	}

	/**
	 * Perform an action on a client.
	 * @param name the name of the client
	 * @param action the action
	 * @return the client afterwards or {@code null} if there is none of that name
	 */
	public @Nullable ClientDescriptor act(String name, HeartbeatAction action) {
		HeartbeatClient client = this.clients.get(name);
		if (client == null) {
			return null;
		}
		try {
			action.perform(client);
		}
		catch (IllegalStateException ex) {
			if (this.clients.get(name) == client) {
				throw ex;
			}
			return null;
		}
		return ClientDescriptor.of(client);
	}

	/**
	 * All clients.
	 *
	 * @param clients the clients by name
	 */
	public record ClientsDescriptor(Map<String, ClientDescriptor> clients) implements OperationResponseBody {
	}

	/**
	 * A client with its history.
	 *
	 * @param client the client
	 * @param transitions its last 50 transitions, the oldest first
	 */
	public record ClientWithTransitionsDescriptor(ClientDescriptor client,
			List<Transition> transitions) implements OperationResponseBody {
	}

	/**
	 * A client, without secrets.
	 *
	 * @param name the name
	 * @param url the url without user info and query values
	 * @param group the value of the meters' client tag
	 * @param state the state
	 * @param since when it got into that state
	 * @param repeat reconnect attempts since the last proven connection
	 * @param reconnects reconnect attempts since the client was created
	 * @param pendingSends messages that wait to be written
	 * @param lastReceived when something was received last
	 * @param lastClose how the last connection ended
	 * @param lastError what went wrong last
	 * @param nextAttempt when the next attempt begins
	 * @param slowHook the hook that has been running for too long
	 */
	public record ClientDescriptor(String name, String url, String group, HeartbeatClientState state, Instant since,
			int repeat, long reconnects, int pendingSends, @Nullable Instant lastReceived,
			HeartbeatClientSnapshot.@Nullable Close lastClose, @Nullable ErrorDescriptor lastError,
			@Nullable Instant nextAttempt,
			HeartbeatClientSnapshot.@Nullable SlowHook slowHook) implements OperationResponseBody {

		static ClientDescriptor of(HeartbeatClient client) {
			HeartbeatClientSnapshot snapshot = client.getSnapshot();
			return new ClientDescriptor(client.getName(), client.getSettings().getDisplayUrl(), client.getGroup(),
					snapshot.state(), snapshot.since(), snapshot.repeat(), snapshot.reconnects(),
					snapshot.pendingSends(), snapshot.lastReceived(), snapshot.lastClose(),
					ErrorDescriptor.of(snapshot.lastError()), snapshot.nextAttempt(), snapshot.slowHook());
		}

	}

	/**
	 * Something that went wrong.
	 *
	 * @param at when
	 * @param kind what
	 * @param message in words, without secrets
	 */
	public record ErrorDescriptor(Instant at, Kind kind, @Nullable String message) {

		static @Nullable ErrorDescriptor of(HeartbeatClientSnapshot.@Nullable Failure failure) {
			return (failure != null)
					? new ErrorDescriptor(failure.at(), failure.cause().getKind(), failure.cause().getMessage()) : null;
		}

	}

}
