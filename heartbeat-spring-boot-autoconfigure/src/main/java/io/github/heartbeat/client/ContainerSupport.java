package io.github.heartbeat.client;

import java.util.Map;

import io.github.heartbeat.HeartbeatClientSettings;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketSession;

/**
 * What has to be done differently for each Jakarta WebSocket client.
 */
interface ContainerSupport {

	/**
	 * Return the container, started.
	 */
	WebSocketContainer container();

	/**
	 * Return the user properties of a connection attempt.
	 */
	default Map<String, Object> userProperties(HeartbeatClientSettings settings) {
		return Map.of();
	}

	/**
	 * Return the link of a session of this container.
	 */
	Link link(WebSocketSession session);

	/**
	 * Return the HTTP status of a refused handshake.
	 * @param failure one of the exceptions in the chain of causes
	 * @return the status or {@code null} if it does not tell
	 */
	default @Nullable Integer httpStatus(Throwable failure) {
		return null;
	}

	/**
	 * End what a thread is connecting, socket included.
	 * @param connecting the thread, which is within a call to the container
	 */
	default void abandon(Thread connecting) {
		connecting.interrupt();
	}

	/**
	 * Release the container, if it is ours.
	 */
	default void shutdown() {
	}

}
