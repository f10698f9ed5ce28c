package io.github.heartbeat.endpoint;

import io.github.heartbeat.endpoint.HeartbeatEndpoint.ClientDescriptor;

import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * What the endpoint says on the web where it writes: an unknown client is not found,
 * which would be no content otherwise.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = HeartbeatEndpoint.class)
public final class HeartbeatEndpointWebExtension {

	private final HeartbeatEndpoint endpoint;

	/**
	 * Create the extension.
	 * @param endpoint the endpoint
	 */
	public HeartbeatEndpointWebExtension(HeartbeatEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Do something to a client.
	 * @param name the name of the client
	 * @param action what to do
	 * @return the client afterwards, or the status 404
	 */
	@WriteOperation
	public WebEndpointResponse<ClientDescriptor> act(@Selector String name, HeartbeatAction action) {
		ClientDescriptor client = this.endpoint.act(name, action);
		return (client != null) ? new WebEndpointResponse<>(client)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
