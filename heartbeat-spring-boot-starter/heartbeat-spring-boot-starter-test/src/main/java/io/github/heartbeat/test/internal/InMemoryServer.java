package io.github.heartbeat.test.internal;

import java.io.IOException;

import io.github.heartbeat.internal.container.Transport;
import jakarta.websocket.DeploymentException;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

/**
 * The server of connections inside the JVM. Called on threads of the engine.
 */
public interface InMemoryServer {

	/**
	 * A handshake has arrived. The server accepts it in this call, later or never.
	 * @throws DeploymentException if it is refused
	 */
	void handshake(InMemoryHandshake handshake) throws DeploymentException;

	/**
	 * A handshake was accepted. Called before the client can send.
	 */
	void connected(InMemoryConnection connection);

	/**
	 * The client sends a message.
	 * @throws IOException if the client cannot write it
	 */
	void received(InMemoryConnection connection, WebSocketMessage<?> message) throws IOException;

	/**
	 * The client sends a heartbeat.
	 * @throws IOException if the client cannot write it
	 */
	void heartbeat(InMemoryConnection connection, WebSocketMessage<?> heartbeat) throws IOException;

	/**
	 * The client has sent a close frame and waits until the server answers it with
	 * {@link InMemoryConnection#closeSocket()}.
	 */
	void closed(InMemoryConnection connection, CloseStatus status);

	/**
	 * The client has answered a close frame of the server, which ended the connection.
	 */
	default void closeAnswered(InMemoryConnection connection, int code) {
	}

	/**
	 * The client closes the socket without a close frame. The socket is closed when this
	 * method returns. The client may do so again, and after the end of the connection.
	 */
	default void aborted(InMemoryConnection connection) {
	}

	/**
	 * Return how many bytes the clients can write together, as
	 * {@link Transport#batchBytes()}.
	 */
	default long batchBytes() {
		return 0;
	}

	/**
	 * The client writes messages together. Called before the messages are received.
	 * @param size the number of messages
	 */
	default void batch(InMemoryConnection connection, int size) {
	}

}
