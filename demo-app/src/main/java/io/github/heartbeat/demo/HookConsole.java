package io.github.heartbeat.demo;

import java.util.Locale;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.event.HeartbeatCloseEvent;
import io.github.heartbeat.event.HeartbeatErrorEvent;
import io.github.heartbeat.event.HeartbeatEvent;
import io.github.heartbeat.event.HeartbeatExhaustedEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import io.github.heartbeat.event.HeartbeatReconnectEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import org.springframework.web.socket.TextMessage;

/**
 * Writes each hook as one line.
 */
@Component
class HookConsole {

	private static final Log logger = LogFactory.getLog(HookConsole.class);

	@EventListener(ApplicationReadyEvent.class)
	void onReady() {
		server("ready", "ask for a fault with POST /faults/{fault}; GET /faults lists them");
	}

	@EventListener
	void onOpen(HeartbeatOpenEvent event) {
		write(event, "OPEN", "connected " + (event.isReconnect() ? "again " : "") + "to "
				+ event.getClient().getSettings().getDisplayUrl());
	}

	@EventListener
	void onMessage(HeartbeatMessageEvent event) {
		write(event, "MESSAGE", (event.getMessage() instanceof TextMessage text) ? Readable.line(text.getPayload())
				: event.getMessage().getPayloadLength() + " bytes");
	}

	@EventListener
	void onError(HeartbeatErrorEvent event) {
		HeartbeatConnectionException cause = event.getCause();
		write(event, "ERROR", cause.getKind() + ": " + cause.getMessage());
	}

	@EventListener
	void onClose(HeartbeatCloseEvent event) {
		write(event, "CLOSE", event.getStatus().getCode() + " by " + event.getInitiator());
	}

	@EventListener
	void onReconnect(HeartbeatReconnectEvent event) {
		write(event, "RECONNECT", "attempt " + event.getAttempt() + " in " + Readable.seconds(event.getWait())
				+ because(event.getCause()));
	}

	@EventListener
	void onExhausted(HeartbeatExhaustedEvent event) {
		write(event, "EXHAUSTED", "gave up after " + event.getAttempts() + " attempts" + because(event.getCause()));
	}

	private static String because(HeartbeatConnectionException cause) {
		String message = cause.getMessage();
		return (message != null) ? ", because " + StringUtils.uncapitalize(message) : "";
	}

	private static void write(HeartbeatEvent event, String hook, String text) {
		write(event.getClientName(), hook, text);
	}

	/**
	 * Write what the demo server does, among the hooks.
	 * @param what what it does
	 * @param text what that means
	 */
	void server(String what, String text) {
		write("server", what, text);
	}

	private static void write(String who, String what, String text) {
		logger.info(String.format(Locale.ROOT, "%-6s  %-9s  %s", who, what, text));
	}

}
