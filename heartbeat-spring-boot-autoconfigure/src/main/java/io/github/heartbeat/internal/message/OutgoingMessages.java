package io.github.heartbeat.internal.message;

import org.springframework.util.Assert;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Checks messages and close codes of users before they are accepted.
 */
public final class OutgoingMessages {

	private OutgoingMessages() {
	}

	/**
	 * Check that a message can be sent. Texts are UTF-8 on the wire (RFC 6455, section
	 * 5.6), so a text that cannot be encoded would end the connection.
	 * @throws IllegalArgumentException if the message is partial, of an unknown type, not
	 * encodable, or a ping or pong with more than 125 bytes (section 5.5)
	 */
	public static void requireWritable(WebSocketMessage<?> message) {
		Assert.isTrue(message.isLast(), "Partial messages cannot be sent");
		boolean control = message instanceof PingMessage || message instanceof PongMessage;
		if (!control && !(message instanceof TextMessage) && !(message instanceof BinaryMessage)) {
			throw new IllegalArgumentException("Messages of " + message.getClass().getName() + " cannot be sent");
		}
		Assert.isTrue(!(message instanceof TextMessage text) || Utf8.isEncodable(text.getPayload()),
				"A text with an unpaired surrogate cannot be sent");
		Assert.isTrue(!control || message.getPayloadLength() <= PingMessages.MAX_CONTROL_PAYLOAD,
				"A ping or pong carries at most 125 bytes");
	}

	/**
	 * Check that a close code may be sent. RFC 6455, section 7.4 reserves some codes for
	 * conditions that are never sent on the wire, and the codes from 1016 to 2999 for
	 * future use.
	 * @throws IllegalArgumentException if the code may not be sent
	 */
	public static void requireSendable(CloseStatus status) {
		int code = status.getCode();
		if (status.equalsCode(CloseStatus.NO_STATUS_CODE) || status.equalsCode(CloseStatus.NO_CLOSE_FRAME)
				|| (code >= CloseStatus.TLS_HANDSHAKE_FAILURE.getCode() && code < 3000)) {
			throw new IllegalArgumentException("Close code " + code + " may not be sent");
		}
	}

}
