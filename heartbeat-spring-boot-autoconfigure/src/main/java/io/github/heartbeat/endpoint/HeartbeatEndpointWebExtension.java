package io.github.heartbeat.endpoint;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * What the endpoint says on the web where it writes. An unknown client is not found,
 * which would be no content otherwise. A bad action is answered here: thrown, it would be
 * lost now and then on WebFlux with Tomcat, as those of every endpoint are, since their
 * thread is interrupted while it writes.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = HeartbeatEndpoint.class)
public final class HeartbeatEndpointWebExtension {

	private static final Map<String, String> REFUSAL = Map.of("error",
			"\"action\" must be \"open\", \"close\" or \"reconnect\"");

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
	 * @param action what to do: {@code open}, {@code close} or {@code reconnect}
	 * @return the client afterwards, or the status 404, or 400 and what is wrong
	 */
	@WriteOperation
	public WebEndpointResponse<Object> act(@Selector String name, @Nullable String action) {
		HeartbeatAction named = HeartbeatAction.named(action);
		if (named == null) {
			return new WebEndpointResponse<>(REFUSAL, WebEndpointResponse.STATUS_BAD_REQUEST);
		}
		Object client = this.endpoint.act(name, named);
		return (client != null) ? new WebEndpointResponse<>(client)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
