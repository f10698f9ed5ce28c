package io.github.heartbeat.test.internal;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A handshake that has arrived at an {@link InMemoryServer}. It is accepted at most once,
 * by any thread.
 */
public final class InMemoryHandshake {

	private final String clientName;

	private final URI url;

	private final Map<String, List<String>> headers;

	private final List<String> protocols;

	private final Opening opening;

	private final AtomicBoolean accepted = new AtomicBoolean();

	private volatile @Nullable InMemorySession session;

	InMemoryHandshake(String clientName, URI url, Map<String, List<String>> headers, List<String> protocols,
			Opening opening) {
		this.clientName = clientName;
		this.url = url;
		this.headers = headers;
		this.protocols = List.copyOf(protocols);
		this.opening = opening;
	}

	public String clientName() {
		return this.clientName;
	}

	/**
	 * Return the requested url, without user info.
	 */
	public URI url() {
		return this.url;
	}

	public Map<String, List<String>> headers() {
		return this.headers;
	}

	/**
	 * Return the offered subprotocols, in order of preference.
	 */
	public List<String> protocols() {
		return this.protocols;
	}

	/**
	 * Accept the handshake and open the connection on this thread, also if the client has
	 * given up the attempt.
	 * @return the connection
	 */
	public InMemoryConnection accept() {
		Assert.state(this.accepted.compareAndSet(false, true), "The handshake is accepted already");
		InMemorySession session = this.opening.open(this);
		this.session = session;
		return session.connection();
	}

	/**
	 * Return the session, or {@code null} if the handshake is not accepted yet.
	 */
	@Nullable InMemorySession session() {
		return this.session;
	}

	/**
	 * Opens the connection of an accepted handshake.
	 */
	interface Opening {

		InMemorySession open(InMemoryHandshake handshake);

	}

}
