package io.github.heartbeat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.leader.HeartbeatLease;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Handshake request of one connection attempt. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class HeartbeatHandshake {

	private URI url;

	private final HttpHeaders headers = new HttpHeaders();

	private List<String> protocols;

	private final @Nullable HeartbeatLease lease;

	/**
	 * Create a new handshake.
	 * @param url the url, with scheme {@code ws} or {@code wss}
	 * @param headers the headers
	 * @param protocols the sub-protocols to offer, in order
	 */
	public HeartbeatHandshake(URI url, Map<String, String> headers, List<String> protocols) {
		this(url, headers, protocols, null);
	}

	/**
	 * Create a new handshake of a led client.
	 * @param url the url, with scheme {@code ws} or {@code wss}
	 * @param headers the headers
	 * @param protocols the sub-protocols to offer, in order
	 * @param lease the lease, or {@code null} if the client is not led
	 */
	public HeartbeatHandshake(URI url, Map<String, String> headers, List<String> protocols,
			@Nullable HeartbeatLease lease) {
		this.lease = lease;
		this.url = url;
		headers.forEach(this.headers::set);
		this.protocols = new ArrayList<>(protocols);
	}

	/**
	 * Return the url.
	 * @return the url
	 */
	public URI getUrl() {
		return this.url;
	}

	/**
	 * Return the url without user info and fragment and with masked query values, for
	 * logs and messages.
	 * @return the display text
	 */
	public String getDisplayUrl() {
		return DisplayUrl.of(this.url);
	}

	/**
	 * Set the url.
	 * @param url the url, with scheme {@code ws} or {@code wss}
	 */
	public void setUrl(URI url) {
		this.url = url;
	}

	/**
	 * Return the lease of a led client. Its fencing token, if it has one, can be sent to
	 * the server, for example as a header.
	 * @return the lease, or {@code null} if the client is not led
	 */
	public @Nullable HeartbeatLease getLease() {
		return this.lease;
	}

	/**
	 * Check the handshake in the same way as the settings of a client, and percent-encode
	 * characters beyond ASCII in the url. Called before each attempt, after the
	 * customizers.
	 * @throws InvalidHeartbeatSettingException if the handshake is invalid
	 */
	public void validate() {
		String text = this.url.toString();
		URI encoded = WebSocketUrl.parse(text);
		if (!encoded.toString().equals(text)) {
			this.url = encoded;
		}
		SettingChecks.protocols("protocols", this.protocols);
		this.headers.forEach((name, values) -> values.forEach((value) -> SettingChecks.header("headers", name, value)));
	}

	/**
	 * Return the headers.
	 * @return the headers, mutable
	 */
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	/**
	 * Return the sub-protocols to offer.
	 * @return the protocols in order, mutable
	 */
	public List<String> getProtocols() {
		return this.protocols;
	}

	/**
	 * Set the sub-protocols to offer.
	 * @param protocols the protocols in order
	 */
	public void setProtocols(List<String> protocols) {
		this.protocols = new ArrayList<>(protocols);
	}

}
