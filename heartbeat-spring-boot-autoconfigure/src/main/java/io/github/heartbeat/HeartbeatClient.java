package io.github.heartbeat;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.github.heartbeat.leader.HeartbeatLease;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * WebSocket client that sends heartbeats, detects dead peers and reconnects. Thread-safe.
 * All methods can be called from hooks of the client, and no method blocks on the
 * network.
 * <p>
 * Only this side ends the connection for good. After a close by the server, the client
 * reconnects. Any received data proves that the server is alive and postpones the next
 * heartbeat.
 *
 * @since 0.1.0
 * @see HeartbeatClients
 * @see HeartbeatListener
 */
public interface HeartbeatClient {

	/**
	 * Return the configured name of the client.
	 * @return the name
	 */
	String getName();

	/**
	 * Return the current state.
	 * @return the state
	 */
	HeartbeatClientState getState();

	/**
	 * Return whether the client is connected.
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
	 * Return a snapshot of the state of this client.
	 * @return the snapshot, without secrets
	 */
	HeartbeatClientSnapshot getSnapshot();

	/**
	 * Return the settings of this client.
	 * @return the settings with defaults and customizers applied
	 */
	HeartbeatClientSettings getSettings();

	/**
	 * Return the value of the {@code client} tag of this client's meters.
	 * @return the group of the settings, or the name if they have no group
	 */
	default String getGroup() {
		String group = getSettings().getGroup();
		return (group != null) ? group : getName();
	}

	/**
	 * Whether this replica holds the lease of a led client and may connect it.
	 * @return whether it does; {@code false} for a client that is not led
	 */
	default boolean isLeader() {
		return getLease() != null;
	}

	/**
	 * Return the lease of a led client.
	 * @return the lease, or {@code null} if this replica does not hold it or the client
	 * is not led
	 */
	@Nullable HeartbeatLease getLease();

	/**
	 * Return a view of the current session. Messages that it sends are queued with those
	 * of the client. Its close ends the current connection only, and the client
	 * reconnects. The view is a
	 * {@link org.springframework.web.socket.adapter.NativeWebSocketSession}.
	 * @return the session, a new one after each reconnect, or {@code null} while the
	 * state is not {@link HeartbeatClientState#OPEN}
	 */
	@Nullable WebSocketSession getSession();

	/**
	 * Connect if the state is {@link HeartbeatClientState#STOPPED} or
	 * {@link HeartbeatClientState#EXHAUSTED}. Otherwise do nothing. The attempt starts
	 * when the previous socket is closed. Before the application has started, or while it
	 * is stopped, the attempt starts when the application does. A led client stands by
	 * until it acquires its lease.
	 * @throws IllegalStateException if the client was removed
	 */
	void open();

	/**
	 * Close with status 1000 until {@link #open()} is called.
	 * @see #close(CloseStatus)
	 */
	default void close() {
		close(CloseStatus.NORMAL);
	}

	/**
	 * Close until {@link #open()} is called. This method does not wait for the network or
	 * for a hook. When it returns, the state is {@link HeartbeatClientState#STOPPED} and
	 * no open, message or reconnect hook starts. Messages that were accepted while the
	 * client was open are still written within {@code close-timeout}. The lease of a led
	 * client is given back when its connection has gone.
	 * @param status the status to send
	 * @throws IllegalArgumentException if the code must not be sent
	 * (<a href= "https://www.rfc-editor.org/rfc/rfc6455#section-7.4">RFC 6455, section
	 * 7.4</a>)
	 */
	void close(CloseStatus status);

	/**
	 * Drop the current connection or attempt and connect as soon as its socket is closed.
	 * Counts as the first attempt: {@link #getRepeat()} becomes 1. Does nothing if the
	 * state is {@link HeartbeatClientState#STOPPED}, or while attempts pause because too
	 * many hooks wait behind one that has not returned. If the state is
	 * {@link HeartbeatClientState#STANDBY}, tries to acquire the lease now.
	 */
	void reconnect();

	/**
	 * Give the lease of a led client back: close the connection with status 1001, release
	 * the lease when it has gone, and stand by. Contends again after two
	 * {@code leader.poll-interval}s. All clients with the same lock do the same. Does
	 * nothing if the client is not led or this replica does not hold the lease.
	 */
	void releaseLease();

	/**
	 * Send a text message.
	 * @param text the text
	 * @return see {@link #send(WebSocketMessage)}
	 */
	CompletableFuture<Void> send(String text);

	/**
	 * Send a message. Messages are written in the order of the calls, except that
	 * heartbeats, messages of an open hook and subscriptions overtake waiting messages.
	 * @param message a complete message; its buffer is not copied and must not change
	 * before the future completes
	 * @return a future that completes when the message was passed to the socket, or fails
	 * with a {@link HeartbeatSendException}; it never completes on a writer thread or the
	 * timer thread
	 * @throws IllegalArgumentException if the message is partial or cannot be written
	 */
	CompletableFuture<Void> send(WebSocketMessage<?> message);

	/**
	 * Convert an object to a message on the calling thread, and send it. A {@code String}
	 * becomes a text message, a {@code byte[]} or {@code ByteBuffer} a binary message
	 * without a copy, and a {@code WebSocketMessage} is sent as it is. Every other object
	 * is written by the first
	 * {@link io.github.heartbeat.message.HeartbeatMessageConverter} that supports its
	 * class.
	 * @param payload the object
	 * @return see {@link #send(WebSocketMessage)}
	 * @throws IllegalArgumentException if the object is {@code null}, no converter writes
	 * it, or its conversion fails; the message has no part of the object, and the
	 * exception of a converter is logged at DEBUG
	 */
	CompletableFuture<Void> convertAndSend(Object payload);

	/**
	 * Subscribe with texts.
	 * @param key the key of the subscription
	 * @param subscribe the text to send on each connection
	 * @param unsubscribe the text to send when the subscription is closed, or
	 * {@code null} for none
	 * @return the subscription
	 * @throws IllegalStateException if the client was removed
	 * @see #subscribe(String, Supplier, Supplier)
	 */
	default HeartbeatSubscription subscribe(String key, String subscribe, @Nullable String unsubscribe) {
		return subscribe(key, () -> new TextMessage(subscribe),
				(unsubscribe != null) ? () -> new TextMessage(unsubscribe) : null);
	}

	/**
	 * Send a message now, if the client is open, and again on each later connection:
	 * after the messages of the open hook and before all other messages, in the order of
	 * the calls. Each connection gets it once. The subscription survives {@link #close()}
	 * and {@link #open()}. It ends when it is closed, replaced by another one with the
	 * same key, or when the client is removed.
	 * @param key the key of the subscription; an active subscription with the same key is
	 * replaced: its unsubscribe message is sent first
	 * @param subscribe supplies the message for each connection; called on a hook thread;
	 * if it throws an exception, an error is published, and it is called again for the
	 * next connection
	 * @param unsubscribe supplies the message to send when the subscription ends, or
	 * {@code null} for none
	 * @return the subscription
	 * @throws IllegalStateException if the client was removed
	 */
	HeartbeatSubscription subscribe(String key, Supplier<? extends WebSocketMessage<?>> subscribe,
			@Nullable Supplier<? extends WebSocketMessage<?>> unsubscribe);

}
