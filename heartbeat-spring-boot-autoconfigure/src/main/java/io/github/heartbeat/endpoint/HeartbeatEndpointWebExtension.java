package io.github.heartbeat.endpoint;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Operations of {@link HeartbeatEndpoint} on one client, for the web. Only the path
 * selects the client. Spring Boot merges path, body and query into one map of arguments,
 * in which a {@code name} of the body or the query replaces the name of the path. The
 * selector therefore matches all remaining segments. They arrive as an array of strings,
 * which neither the body nor the query can contain, so that a replaced name is detected
 * and rejected.
 * <p>
 * Error responses are returned instead of thrown. On WebFlux with Tomcat, error responses
 * that an endpoint throws are sometimes lost, because the writing thread is interrupted.
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
	 * Return a client with its last transitions.
	 * @param name the name of the client, as the segments of the path
	 * @return the client, or a response with status 404 or with status 400 and the error
	 */
	@ReadOperation
	public WebEndpointResponse<Object> client(@Selector(match = Match.ALL_REMAINING) @Nullable Object name) {
		if (!(name instanceof String[] segments)) {
			return misplacedName();
		}
		return found((segments.length == 1) ? this.endpoint.client(segments[0]) : null);
	}

	/**
	 * Perform an action on a client.
	 * @param name the name of the client, as the segments of the path
	 * @param action the action: {@code open}, {@code close}, {@code reconnect} or
	 * {@code release}
	 * @return the client after the action, or a response with status 404 or with status
	 * 400 and the error
	 */
	@WriteOperation
	public WebEndpointResponse<Object> act(@Selector(match = Match.ALL_REMAINING) @Nullable Object name,
			@Nullable String action) {
		if (!(name instanceof String[] segments)) {
			return misplacedName();
		}
		HeartbeatAction named = HeartbeatAction.named(action);
		if (named == null) {
			return refused("\"action\" must be \"open\", \"close\", \"reconnect\" or \"release\"");
		}
		return found((segments.length == 1) ? this.endpoint.act(segments[0], named) : null);
	}

	private static WebEndpointResponse<Object> misplacedName() {
		return refused("\"name\" is not allowed in body or query, the path names the client");
	}

	private static WebEndpointResponse<Object> refused(String error) {
		return new WebEndpointResponse<>(Map.of("error", error), WebEndpointResponse.STATUS_BAD_REQUEST);
	}

	private static WebEndpointResponse<Object> found(@Nullable Object client) {
		return (client != null) ? new WebEndpointResponse<>(client)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
