package io.github.heartbeat;

/**
 * Changes the handshake before every connection attempt, for example to put in a fresh
 * token. Beans of this type are called in their order. Called on a thread of the attempt;
 * it may block, within {@code connect-timeout}, and is interrupted after that.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatHandshakeCustomizer {

	/**
	 * Customize a handshake.
	 * @param clientName the name of the client
	 * @param handshake the handshake, valid during this call
	 * @throws Exception if there can be no handshake now: the attempt has failed, and the
	 * next one asks again
	 */
	void customize(String clientName, HeartbeatHandshake handshake) throws Exception;

}
