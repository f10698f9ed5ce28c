package io.github.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * Supplies what each heartbeat says, in place of {@code ping-msg}. Beans of this type are
 * asked in their order. Called on the thread that writes and so must not block. If it
 * throws, an error is published and a ping frame goes out in its place, so that a dead
 * server is noticed all the same.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatPingMessageSupplier {

	/**
	 * Supply the message of a heartbeat.
	 * @param clientName the name of the client
	 * @return the message, or {@code null} to leave it to the next supplier and at last
	 * to {@code ping-msg}
	 */
	@Nullable String getPingMessage(String clientName);

}
