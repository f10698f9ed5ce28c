package io.github.heartbeat.internal.message;

import io.github.heartbeat.internal.runtime.EngineLog;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Logs messages at TRACE, the only level at which payloads may appear. Only the beginning
 * of a payload is logged.
 */
public final class PayloadLog {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	private static final int MAX_LENGTH = 100;

	private PayloadLog() {
	}

	public static void received(String clientName, WebSocketMessage<?> message) {
		if (logger.isTraceEnabled()) {
			logger.trace("Client '" + clientName + "' received " + text(message));
		}
	}

	public static void sent(String clientName, WebSocketMessage<?> message) {
		if (logger.isTraceEnabled()) {
			logger.trace("Client '" + clientName + "' sent " + text(message));
		}
	}

	private static String text(WebSocketMessage<?> message) {
		if (message instanceof TextMessage text) {
			return "'" + beginning(text.getPayload()) + "'";
		}
		String kind = (message instanceof BinaryMessage) ? "binary" : "control";
		return message.getPayloadLength() + " bytes (" + kind + ")";
	}

	private static String beginning(String payload) {
		if (payload.length() <= MAX_LENGTH) {
			return payload;
		}
		int end = Character.isHighSurrogate(payload.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
		return payload.substring(0, end);
	}

}
