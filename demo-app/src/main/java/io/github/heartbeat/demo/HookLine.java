package io.github.heartbeat.demo;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.event.HeartbeatCloseEvent;
import io.github.heartbeat.event.HeartbeatErrorEvent;
import io.github.heartbeat.event.HeartbeatEvent;
import io.github.heartbeat.event.HeartbeatExhaustedEvent;
import io.github.heartbeat.event.HeartbeatLeaseGrantedEvent;
import io.github.heartbeat.event.HeartbeatLeaseLostEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import io.github.heartbeat.event.HeartbeatReconnectEvent;

import org.springframework.util.StringUtils;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * A human-readable description of a hook.
 *
 * @param client the name of the client
 * @param kind the kind of hook
 * @param text the description
 */
public record HookLine(String client, String kind, String text) {

	/**
	 * Describe a hook.
	 * @param event the event of the hook
	 * @return one short line
	 */
	public static HookLine of(HeartbeatEvent event) {
		if (event instanceof HeartbeatOpenEvent open) {
			return line(event, "OPEN", "connected " + (open.isReconnect() ? "again " : "") + "to "
					+ event.getClient().getSettings().getDisplayUrl());
		}
		if (event instanceof HeartbeatMessageEvent message) {
			return line(event, "MESSAGE", payload(message.getMessage()));
		}
		if (event instanceof HeartbeatErrorEvent error) {
			return line(event, "ERROR", error.getCause().getKind() + ": " + error.getCause().getMessage());
		}
		if (event instanceof HeartbeatCloseEvent close) {
			return line(event, "CLOSE", close.getStatus().getCode() + " by " + close.getInitiator());
		}
		if (event instanceof HeartbeatReconnectEvent reconnect) {
			return line(event, "RECONNECT", "attempt " + reconnect.getAttempt() + " in "
					+ Readable.seconds(reconnect.getWait()) + because(reconnect.getCause()));
		}
		if (event instanceof HeartbeatExhaustedEvent exhausted) {
			return line(event, "EXHAUSTED",
					"gave up after " + exhausted.getAttempts() + " attempts" + because(exhausted.getCause()));
		}
		if (event instanceof HeartbeatLeaseGrantedEvent granted) {
			return line(event, "GRANTED", "may connect after " + Readable.seconds(granted.getStandby()));
		}
		if (event instanceof HeartbeatLeaseLostEvent lost) {
			return line(event, "LOST", "may not connect any more: " + lost.getReason());
		}
		throw new IllegalArgumentException("No words for " + event.getClass().getName());
	}

	private static HookLine line(HeartbeatEvent event, String kind, String text) {
		return new HookLine(event.getClientName(), kind, Readable.plain(text));
	}

	private static String payload(WebSocketMessage<?> message) {
		return (message instanceof TextMessage text) ? Readable.line(text.getPayload())
				: message.getPayloadLength() + " bytes";
	}

	private static String because(HeartbeatConnectionException cause) {
		String message = cause.getMessage();
		return (message != null) ? ", because " + StringUtils.uncapitalize(message) : "";
	}

}
