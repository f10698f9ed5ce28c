package io.github.heartbeat;

/**
 * Customizes the handshake before each connection attempt, for example to set a fresh
 * token. Beans of this type are called in order, on the thread of the attempt. A
 * customizer can block within {@code connect-timeout} and is interrupted after it. An
 * exception is logged with its stack frames, and at DEBUG with its message.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatHandshakeCustomizer {

	/**
	 * Customize a handshake.
	 * @param clientName the name of the client
	 * @param handshake the handshake, valid during this call
	 * @throws Exception if the handshake is not possible now; the attempt fails, and the
	 * next attempt calls the customizer again
	 */
	void customize(String clientName, HeartbeatHandshake handshake) throws Exception;

}
