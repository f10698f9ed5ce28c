package io.github.heartbeat;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * A WebSocket client that stays connected. Safe for use from any thread, its own hooks
 * included; no method blocks on the network.
 * <p>
 * Two conventions hold: only this side ends the connection for good, so a close by the
 * server means reconnect; and whatever the server sends proves that it is alive and puts
 * off the next heartbeat.
 *
 * @since 0.1.0
 * @see HeartbeatClients
 * @see HeartbeatListener
 */
public interface HeartbeatClient {

	/**
	 * Return the name under which the client is configured.
	 * @return the name
	 */
	String getName();

	/**
	 * Return the current state.
	 * @return the state
	 */
	HeartbeatClientState getState();

	/**
	 * Whether the client is connected.
	 * @return whether the state is {@link HeartbeatClientState#OPEN}
	 */
	default boolean isOpen() {
		return getState() == HeartbeatClientState.OPEN;
	}

	/**
	 * Return the number of reconnect attempts since the last proven connection. A
	 * connection is proven by an answer to a heartbeat, or by any message once it has
	 * been open for {@code stable-after}.
	 * @return the number of attempts
	 */
	int getRepeat();

	/**
	 * Return what there is to know of this client now.
	 * @return a snapshot without secrets
	 */
	HeartbeatClientSnapshot getSnapshot();

	/**
	 * Return the settings of this client.
	 * @return the settings with defaults and customizers applied
	 */
	HeartbeatClientSettings getSettings();

	/**
	 * Return the value of the {@code client} tag of this client's meters.
	 * @return the group of its settings, or its name where they have none
	 */
	default String getGroup() {
		String group = getSettings().getGroup();
		return (group != null) ? group : getName();
	}

	/**
	 * Return a view of the live session: its sends join those of this client, its close
	 * ends this connection only. It is a
	 * {@link org.springframework.web.socket.adapter.NativeWebSocketSession}.
	 * @return the session, a new one after each reconnect, or {@code null} while the
	 * state is not {@link HeartbeatClientState#OPEN}
	 */
	@Nullable WebSocketSession getSession();

	/**
	 * Connect if {@link HeartbeatClientState#STOPPED} or
	 * {@link HeartbeatClientState#EXHAUSTED}, else do nothing. Connects as soon as the
	 * previous socket is gone. While the application has not started or is stopped, the
	 * client connects when it starts.
	 * @throws IllegalStateException if the client was removed
	 */
	void open();

	/**
	 * Close for good with status 1000.
	 * @see #close(CloseStatus)
	 */
	default void close() {
		close(CloseStatus.NORMAL);
	}

	/**
	 * Close for good, until {@link #open()}. Neither the network nor a hook is waited
	 * for: when this returns, the state is {@link HeartbeatClientState#STOPPED} and no
	 * delivery of an open, message or reconnect hook begins any more. Messages accepted
	 * before are still written within {@code close-timeout}.
	 * @param status the status to send
	 * @throws IllegalArgumentException if the code may not be sent
	 * (<a href= "https://www.rfc-editor.org/rfc/rfc6455#section-7.4">RFC 6455, section
	 * 7.4</a>)
	 */
	void close(CloseStatus status);

	/**
	 * Drop what is there and connect now, with {@link #getRepeat()} starting again. Does
	 * nothing if {@link HeartbeatClientState#STOPPED}.
	 */
	void reconnect();

	/**
	 * Send a text message.
	 * @param text the text
	 * @return see {@link #send(WebSocketMessage)}
	 */
	CompletableFuture<Void> send(String text);

	/**
	 * Send a message. Messages go out in the order of the calls.
	 * @param message a complete message; the content of its buffer is not copied and must
	 * not change until the future has ended
	 * @return ends once, and never on a thread that writes or keeps time: normally when
	 * the message was handed to the socket, else with a {@link HeartbeatSendException}
	 * @throws IllegalArgumentException if the message is partial or cannot be written at
	 * all
	 */
	CompletableFuture<Void> send(WebSocketMessage<?> message);

}
