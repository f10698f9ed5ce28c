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
 * Actuator endpoint that shows the clients. With unrestricted access, it also opens,
 * closes and reconnects them. The extensions have the operations on one client.
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
	 * @param history the last transitions of the clients
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
	 * Return a client with its settings and its last transitions.
	 * @param name the name of the client
	 * @return the client, or {@code null} if no client has that name
	 */
	public @Nullable ClientWithTransitionsDescriptor client(String name) {
		HeartbeatClient client = this.clients.get(name);
		return (client != null) ? new ClientWithTransitionsDescriptor(ClientDescriptor.of(client),
				client.getSettings().getDisplayValues(), this.history.of(client)) : null;
	}

	/**
	 * Perform an action on a client.
	 * @param name the name of the client
	 * @param action the action
	 * @return the client after the action, or {@code null} if no client has that name
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
	 * Descriptor of all clients.
	 *
	 * @param clients the clients by name
	 */
	public record ClientsDescriptor(Map<String, ClientDescriptor> clients) implements OperationResponseBody {
	}

	/**
	 * Descriptor of a client with its settings and its history.
	 *
	 * @param client the client
	 * @param settings the effective settings by key, without secrets
	 * @param transitions the last 50 transitions, the oldest first
	 */
	public record ClientWithTransitionsDescriptor(ClientDescriptor client, Map<String, Object> settings,
			List<Transition> transitions) implements OperationResponseBody {
	}

	/**
	 * Descriptor of a client, without secrets.
	 *
	 * @param name the name
	 * @param url the url without user info and query values
	 * @param group the value of the client tag of the meters
	 * @param state the state
	 * @param since the time at which it entered the state
	 * @param repeat reconnect attempts since the last proven connection
	 * @param reconnects reconnect attempts since the client was created
	 * @param pendingSends messages that wait to be written
	 * @param subscriptions active subscriptions
	 * @param compressed whether the current connection is compressed
	 * @param lastReceived the time at which data was last received
	 * @param lastClose the end of the last connection
	 * @param lastError the last error
	 * @param nextAttempt the time at which the next attempt starts
	 * @param slowHook the running hook, if it takes too long
	 * @param lease the lease, if the client is led
	 */
	public record ClientDescriptor(String name, String url, String group, HeartbeatClientState state, Instant since,
			int repeat, long reconnects, int pendingSends, int subscriptions, boolean compressed,
			@Nullable Instant lastReceived, HeartbeatClientSnapshot.@Nullable Close lastClose,
			@Nullable ErrorDescriptor lastError, @Nullable Instant nextAttempt,
			HeartbeatClientSnapshot.@Nullable SlowHook slowHook,
			HeartbeatClientSnapshot.@Nullable Lease lease) implements OperationResponseBody {

		static ClientDescriptor of(HeartbeatClient client) {
			HeartbeatClientSnapshot snapshot = client.getSnapshot();
			return new ClientDescriptor(client.getName(), client.getSettings().getDisplayUrl(), client.getGroup(),
					snapshot.state(), snapshot.since(), snapshot.repeat(), snapshot.reconnects(),
					snapshot.pendingSends(), snapshot.subscriptions(), snapshot.compressed(), snapshot.lastReceived(),
					snapshot.lastClose(), ErrorDescriptor.of(snapshot.lastError()), snapshot.nextAttempt(),
					snapshot.slowHook(), snapshot.lease());
		}

	}

	/**
	 * Descriptor of an error.
	 *
	 * @param at the time of the error
	 * @param kind the kind of the error
	 * @param message the message, without secrets
	 */
	public record ErrorDescriptor(Instant at, Kind kind, @Nullable String message) {

		static @Nullable ErrorDescriptor of(HeartbeatClientSnapshot.@Nullable Failure failure) {
			return (failure != null)
					? new ErrorDescriptor(failure.at(), failure.cause().getKind(), failure.cause().getMessage()) : null;
		}

	}

}
