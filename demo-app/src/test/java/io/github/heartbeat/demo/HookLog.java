package io.github.heartbeat.demo;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.heartbeat.event.HeartbeatCloseEvent;
import io.github.heartbeat.event.HeartbeatErrorEvent;
import io.github.heartbeat.event.HeartbeatEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import io.github.heartbeat.event.HeartbeatReconnectEvent;
import org.awaitility.Awaitility;

import org.springframework.context.event.EventListener;

/**
 * Records the hooks of the clients as lines such as {@code echo CLOSE 1006 HEARTBEAT}.
 */
class HookLog {

	private final List<String> lines = new CopyOnWriteArrayList<>();

	@EventListener
	void on(HeartbeatEvent event) {
		this.lines.add(event.getClientName() + " " + describe(event));
	}

	private static String describe(HeartbeatEvent event) {
		if (event instanceof HeartbeatOpenEvent open) {
			return open.isReconnect() ? "OPEN again" : "OPEN";
		}
		if (event instanceof HeartbeatMessageEvent message) {
			return "MESSAGE " + message.getMessage().getPayload();
		}
		if (event instanceof HeartbeatErrorEvent error) {
			return "ERROR " + error.getCause().getKind() + " " + error.getCause().getStatus();
		}
		if (event instanceof HeartbeatCloseEvent close) {
			return "CLOSE " + close.getStatus().getCode() + " " + close.getInitiator();
		}
		if (event instanceof HeartbeatReconnectEvent reconnect) {
			return "RECONNECT " + reconnect.getAttempt();
		}
		return "EXHAUSTED";
	}

	/**
	 * Discard the recorded lines.
	 */
	void clear() {
		this.lines.clear();
	}

	/**
	 * Wait until a client has lines with these prefixes, in this order.
	 */
	void await(String client, String... beginnings) {
		Awaitility.await(client + " " + List.of(beginnings) + " in " + this.lines)
			.atMost(Duration.ofSeconds(15))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> contains(client, beginnings));
	}

	private boolean contains(String client, String... beginnings) {
		int found = 0;
		for (String line : this.lines) {
			if (found < beginnings.length && line.startsWith(client + " " + beginnings[found])) {
				found++;
			}
		}
		return found == beginnings.length;
	}

	List<String> lines() {
		return List.copyOf(this.lines);
	}

}
