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
 * What has to be done differently for each Jakarta WebSocket client.
 */
public interface ContainerSupport {

	/**
	 * Return the container, started, for the next attempt.
	 * @param url where it connects to
	 * @param tls the TLS of its connections, if it is not the default
	 */
	WebSocketContainer container(URI url, @Nullable TlsHolder tls);

	/**
	 * Refuse settings that this container cannot honour.
	 * @throws InvalidHeartbeatSettingException if there is one
	 */
	default void check(HeartbeatClientSettings settings) {
	}

	/**
	 * Return why a handshake is too long for this container.
	 * @param url where it connects to
	 * @param headers the headers that it is sent with, without those of the container
	 * @return the length and the limit, or {@code null} if it can be sent
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
	 * Return the user properties of a connection attempt.
	 */
	default Map<String, Object> userProperties(HeartbeatClientSettings settings) {
		return Map.of();
	}

	/**
	 * Return the link of a session of this container.
	 */
	Transport transport(WebSocketSession session);

	/**
	 * Return the HTTP status of a refused handshake.
	 * @param failure one of the exceptions in the chain of causes
	 * @return the status or {@code null} if it does not tell
	 */
	default @Nullable Integer httpStatus(Throwable failure) {
		return null;
	}

	/**
	 * Return the HTTP status with which a proxy refused to connect. It says nothing of
	 * the server, so it must not be taken for a status of a handshake.
	 * @param failure one of the exceptions in the chain of causes
	 * @return the status or {@code null} if no proxy refused
	 */
	default @Nullable Integer proxyStatus(Throwable failure) {
		return null;
	}

	/**
	 * Return whether an exception means that the peer ended the connection during the
	 * handshake, where its type does not tell.
	 * @param failure one of the exceptions in the chain of causes
	 * @return whether the peer ended the connection
	 */
	default boolean isDropped(Throwable failure) {
		return false;
	}

	/**
	 * Return whether the container itself closed a session since a message is too large.
	 * @param status the status with which the session was closed
	 * @return whether it was not the peer that closed
	 */
	default boolean isTooLarge(CloseStatus status) {
		return false;
	}

	/**
	 * End what a thread is connecting, socket included.
	 * @param connecting the thread, which is within a call to the container
	 */
	default void abandon(Thread connecting) {
		connecting.interrupt();
	}

	/**
	 * A thread is through with connecting, whatever came of it: keep nothing of that.
	 */
	default void connected(Thread connecting) {
	}

	/**
	 * A client will connect with this TLS.
	 */
	default void retain(@Nullable TlsHolder tls) {
	}

	/**
	 * A client with this TLS is gone: let go what only it needed. May block.
	 */
	default void release(@Nullable TlsHolder tls) {
	}

	/**
	 * Return whether the threads of the container run, as far as this can tell. May
	 * block, for a second at most.
	 * @throws Exception if that could not be found out
	 */
	default boolean isAlive() throws Exception {
		return true;
	}

	/**
	 * Replace a container whose threads have died, and end the attempts that wait for
	 * them. May block.
	 * @return whether it is ours and was replaced
	 */
	default boolean replace() {
		return false;
	}

	/**
	 * Release the container, if it is ours.
	 */
	default void shutdown() {
	}

}
