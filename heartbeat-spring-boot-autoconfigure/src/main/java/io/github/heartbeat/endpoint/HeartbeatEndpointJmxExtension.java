package io.github.heartbeat.endpoint;

import io.github.heartbeat.endpoint.HeartbeatEndpoint.ClientDescriptor;
import io.github.heartbeat.endpoint.HeartbeatEndpoint.ClientWithTransitionsDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.jmx.annotation.EndpointJmxExtension;

/**
 * Operations of {@link HeartbeatEndpoint} on one client, for JMX.
 *
 * @since 0.1.0
 * @see HeartbeatEndpointWebExtension
 */
@EndpointJmxExtension(endpoint = HeartbeatEndpoint.class)
public final class HeartbeatEndpointJmxExtension {

	private final HeartbeatEndpoint endpoint;

	/**
	 * Create the extension.
	 * @param endpoint the endpoint
	 */
	public HeartbeatEndpointJmxExtension(HeartbeatEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Return a client with its last transitions.
	 * @param name the name of the client
	 * @return the client, or {@code null} if no client has that name
	 */
	@ReadOperation
	public @Nullable ClientWithTransitionsDescriptor client(@Selector String name) {
		return this.endpoint.client(name);
	}

	/**
	 * Perform an action on a client.
	 * @param name the name of the client
	 * @param action the action
	 * @return the client after the action, or {@code null} if no client has that name
	 */
	@WriteOperation
	public @Nullable ClientDescriptor act(@Selector String name, HeartbeatAction action) {
		return this.endpoint.act(name, action);
	}

}
