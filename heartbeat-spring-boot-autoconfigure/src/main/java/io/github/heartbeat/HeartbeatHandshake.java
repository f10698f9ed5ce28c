package io.github.heartbeat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

	/**
	 * Create a new handshake.
	 * @param url the url, with scheme {@code ws} or {@code wss}
	 * @param headers the headers
	 * @param protocols the sub-protocols to offer, in order
	 */
	public HeartbeatHandshake(URI url, Map<String, String> headers, List<String> protocols) {
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
	 * Set the url.
	 * @param url the url, with scheme {@code ws} or {@code wss}
	 */
	public void setUrl(URI url) {
		this.url = url;
	}

	/**
	 * Check the handshake in the same way as the settings of a client, and percent-encode
	 * characters beyond ASCII in the url. Called before each attempt, after the
	 * customizers.
	 * @throws InvalidHeartbeatSettingException if the handshake is invalid
	 */
	public void validate() {
		this.url = WebSocketUrl.parse(this.url.toString());
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
