package io.github.heartbeat.internal.hook;

import java.util.Locale;
import java.util.concurrent.Executor;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;

/**
 * Logs a warning if a hook takes longer than a heartbeat and its answer may take. While
 * the hook runs, nothing is read from the connection and a dead server is not detected.
 */
public final class LongHookWarning {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	private final String clientName;

	private final long limitNanos;

	private final Executor executor;

	public LongHookWarning(String clientName, HeartbeatClientSettings settings, EngineResources resources) {
		this.clientName = clientName;
		this.limitNanos = settings.getPingTimeout().plus(settings.getPongTimeout()).toNanos();
		this.executor = resources.logs();
	}

	long limitNanos() {
		return this.limitNanos;
	}

	boolean isLong(long nanos) {
		return nanos >= this.limitNanos;
	}

	/**
	 * Log the warning on another thread because an appender can block.
	 */
	void warn(Hook.Type type) {
		this.executor.execute(() -> logger.warn("A listener of client '" + this.clientName + "' has been busy with its "
				+ type.name().toLowerCase(Locale.ROOT) + " hook for longer than ping-timeout + pong-timeout ("
				+ this.limitNanos / 1_000_000 + " ms); nothing is read from the connection until the hook returns"));
	}

}
