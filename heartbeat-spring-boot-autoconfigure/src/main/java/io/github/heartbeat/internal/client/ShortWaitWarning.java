package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.internal.runtime.EngineLog;

/**
 * Warns once, for all clients, about a {@code reconnect-timeout} below 100 ms.
 */
final class ShortWaitWarning {

	private static final EngineLog logger = EngineLog.of(ShortWaitWarning.class);

	private static final Duration MIN_WAIT = Duration.ofMillis(100);

	private final AtomicBoolean warned = new AtomicBoolean();

	void check(String clientName, HeartbeatClientSettings settings) {
		Duration wait = settings.getReconnectTimeout();
		if (wait.compareTo(MIN_WAIT) < 0 && this.warned.compareAndSet(false, true)) {
			logger.warn("Client '" + clientName + "' has a 'reconnect-timeout' of " + wait.toNanos() / 1_000_000.0
					+ " ms. While its server refuses connections it reconnects more than ten times a second. "
					+ "Set 'reconnect-timeout' to 100 ms or more. Further clients with such a value are not logged.");
		}
	}

}
