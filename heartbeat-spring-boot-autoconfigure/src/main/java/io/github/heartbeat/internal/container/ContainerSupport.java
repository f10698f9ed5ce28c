package io.github.heartbeat.internal.container;

import java.net.URI;
import java.util.Map;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.tls.TlsHolder;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Adapts the engine to a Jakarta WebSocket client.
 */
public interface ContainerSupport {

	/**
	 * Return the started container for the next attempt.
	 * @param url the URL to connect to
	 * @param tls the TLS configuration, or {@code null} for the default
	 */
	WebSocketContainer container(URI url, @Nullable TlsHolder tls);

	/**
	 * Check that the container supports the settings.
	 * @throws InvalidHeartbeatSettingException if it does not support one of them
	 */
	default void check(HeartbeatClientSettings settings) {
	}

	/**
	 * Return why the container cannot send a handshake of this length.
	 * @param url the URL to connect to
	 * @param headers the headers of the handshake, without those that the container adds
	 * @return a description of the length and the limit, or {@code null} if the handshake
	 * can be sent
	 */
	default @Nullable String tooLong(URI url, HttpHeaders headers) {
		return null;
	}

	/**
	 * Return the request line of a handshake.
	 */
	static String requestLine(URI url) {
		String path = url.getRawPath();
		String query = url.getRawQuery();
		return "GET " + (StringUtils.hasLength(path) ? path : "/") + ((query != null) ? "?" + query : "")
				+ " HTTP/1.1\r\n";
	}

	/**
	 * Return the user properties of a connection attempt of a client.
	 */
	default Map<String, Object> userProperties(String clientName, HeartbeatClientSettings settings) {
		return Map.of();
	}

	/**
	 * Create the transport of a session of this container.
	 */
	Transport transport(WebSocketSession session);

	/**
	 * Return the HTTP status of a refused handshake.
	 * @param failure one of the exceptions in the chain of causes
	 * @return the status, or {@code null} if the exception does not contain it
	 */
	default @Nullable Integer httpStatus(Throwable failure) {
		return null;
	}

	/**
	 * Return the HTTP status with which a proxy refused to connect. It is not a status of
	 * the server, so it must not be treated as the status of a handshake.
	 * @param failure one of the exceptions in the chain of causes
	 * @return the status, or {@code null} if no proxy refused
	 */
	default @Nullable Integer proxyStatus(Throwable failure) {
		return null;
	}

	/**
	 * Return whether an exception that the engine cannot classify by its type means that
	 * the peer ended the connection during the handshake.
	 * @param failure one of the exceptions in the chain of causes
	 * @return whether the peer ended the connection
	 */
	default boolean isDropped(Throwable failure) {
		return false;
	}

	/**
	 * Return whether the container closed a session because a message is too large.
	 * @param status the status with which the session was closed
	 * @return whether the container closed the session, and not the peer
	 */
	default boolean isTooLarge(CloseStatus status) {
		return false;
	}

	/**
	 * Cancel the connection attempt of a thread and close its socket.
	 * @param connecting the thread that called the container
	 */
	default void abandon(Thread connecting) {
		connecting.interrupt();
	}

	/**
	 * Release what is kept for the connection attempt of a thread. Called when the
	 * attempt has succeeded or failed.
	 */
	default void attemptEnded(Thread connecting) {
	}

	/**
	 * Register a client that uses a TLS configuration.
	 */
	default void retain(@Nullable TlsHolder tls) {
	}

	/**
	 * Unregister a client that uses a TLS configuration, and release the resources that
	 * no other client uses. May block.
	 */
	default void release(@Nullable TlsHolder tls) {
	}

	/**
	 * Return whether the threads of the container run, as far as the container can tell.
	 * May block for about a second.
	 * @throws Exception if the check failed
	 */
	default boolean isAlive() throws Exception {
		return true;
	}

	/**
	 * Replace a container whose threads have died, and cancel the attempts that wait for
	 * these threads. May block.
	 * @return whether the container was created by the engine and was replaced
	 */
	default boolean replace() {
		return false;
	}

	/**
	 * Stop the container if it was created by the engine.
	 */
	default void shutdown() {
	}

}
