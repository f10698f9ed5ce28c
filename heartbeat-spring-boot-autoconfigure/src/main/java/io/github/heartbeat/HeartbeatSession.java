package io.github.heartbeat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.springframework.web.socket.WebSocketMessage;

/**
 * A connection that a {@link HeartbeatSessionInitializer} prepares. Thread-safe. The
 * first call of {@link #ready()} or {@link #fail} decides; later calls do nothing, and so
 * do calls after the attempt has ended.
 *
 * @since 0.1.0
 */
public interface HeartbeatSession {

	/**
	 * Return the client of the connection. A message that is sent with
	 * {@link HeartbeatClient#send} is not sent before the client is open.
	 * @return the client
	 */
	HeartbeatClient getClient();

	/**
	 * Return the attributes of the connection, for example the state of a login that
	 * takes several messages. Hooks find the same attributes in the session of the
	 * client.
	 * @return the mutable attributes, empty at first
	 */
	Map<String, Object> getAttributes();

	/**
	 * Send a text message, see {@link #send(WebSocketMessage)}.
	 * @param text the text
	 * @return a future that completes as that of {@link HeartbeatClient#send(String)}
	 */
	CompletableFuture<Void> send(String text);

	/**
	 * Send a message before all messages of the client. {@code send.queue-messages} and
	 * {@code send.queue-bytes} do not apply. After {@link #ready()} the message is queued
	 * with those of the client.
	 * @param message a complete message; its buffer is not copied and must not change
	 * before the future completes
	 * @return a future that completes as that of
	 * {@link HeartbeatClient#send(WebSocketMessage)}
	 * @throws IllegalArgumentException if the message is partial or cannot be written
	 */
	CompletableFuture<Void> send(WebSocketMessage<?> message);

	/**
	 * The connection is prepared: the client becomes {@link HeartbeatClientState#OPEN}.
	 */
	void ready();

	/**
	 * The connection cannot be prepared: the attempt fails.
	 * @param reason the reason, which is published, logged and shown; it must not contain
	 * secrets
	 * @throws IllegalArgumentException if the reason is empty
	 */
	void fail(String reason);

}
