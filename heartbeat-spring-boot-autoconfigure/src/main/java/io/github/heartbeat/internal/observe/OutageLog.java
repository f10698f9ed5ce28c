package io.github.heartbeat.internal.observe;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Ticker;

/**
 * Logs the outages of one client: the first failure, a summary every minute, and the end.
 * Lines are written on another thread because an appender can block.
 */
public final class OutageLog {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	private static final Consumer<String> DEBUG = logger::debug;

	private static final Consumer<String> INFO = logger::info;

	private static final Consumer<String> WARN = logger::warn;

	private static final Consumer<String> ERROR = logger::error;

	private static final long SUMMARY_NANOS = TimeUnit.MINUTES.toNanos(1);

	private static final int UNANSWERED_CONNECTIONS = 2;

	private final String clientName;

	private final String url;

	private final Ticker ticker;

	private final Executor executor;

	private boolean outage;

	private long since;

	private long lastLine;

	private int failures;

	private int unanswered;

	public OutageLog(String clientName, String url, EngineResources resources) {
		this.clientName = clientName;
		this.url = url;
		this.ticker = resources.ticker();
		this.executor = resources.logs();
	}

	public void connected() {
		String message = "Client '" + this.clientName + "' is connected to " + this.url
				+ (this.outage ? " again after " + readable(this.ticker.nanoTime() - this.since) : "");
		this.outage = false;
		write(INFO, message);
	}

	public void failed(HeartbeatConnectionException cause) {
		long now = this.ticker.nanoTime();
		if (!this.outage) {
			this.outage = true;
			this.since = now;
			this.failures = 0;
		}
		this.failures++;
		boolean repeated = this.failures > 1;
		boolean quiet = repeated && now - this.lastLine < SUMMARY_NANOS;
		if (quiet && !logger.isDebugEnabled()) {
			return;
		}
		String message = "Client '" + this.clientName + "' is " + (repeated ? "still " : "") + "not connected to "
				+ this.url
				+ (repeated ? " after " + readable(now - this.since) + " and " + this.failures + " failures" : "")
				+ ": " + cause.getMessage();
		if (quiet) {
			write(DEBUG, message);
			return;
		}
		this.lastLine = now;
		write(WARN, message);
	}

	/**
	 * Record that a connection ended because a heartbeat was not answered. Two such
	 * connections in a row without any answer suggest that the server never answers; this
	 * is logged once.
	 * @param answeredBefore whether an earlier heartbeat on this connection was answered
	 */
	public void heartbeatUnanswered(boolean answeredBefore) {
		this.unanswered = answeredBefore ? 0 : this.unanswered + 1;
		if (this.unanswered == UNANSWERED_CONNECTIONS) {
			write(WARN,
					"Client '" + this.clientName + "' received no answer to a heartbeat "
							+ "on two connections in a row: the server at " + this.url
							+ " apparently never answers heartbeats; check 'ping-msg' and 'ping-type'");
		}
	}

	public void exhausted(int attempts, HeartbeatConnectionException cause) {
		write(ERROR, "Client '" + this.clientName + "' gave up connecting to " + this.url + " after " + attempts
				+ " reconnect attempts: " + cause.getMessage() + "; call open() to start again");
	}

	public void policyTookTooLong() {
		write(WARN, "A reconnect policy of client '" + this.clientName
				+ "' did not answer within 'connect-timeout'; the settings decide");
	}

	public void paused(int waitingHooks) {
		write(WARN, "Client '" + this.clientName + "' makes no connection attempt because " + waitingHooks
				+ " hooks are queued behind a hook that has not returned; it continues when that hook returns");
	}

	public void repaired(String violation) {
		write(WARN, "Client '" + this.clientName + "' was repaired: " + violation + "; further repairs are not logged");
	}

	public void stopped() {
		this.outage = false;
		write(DEBUG, "Client '" + this.clientName + "' is stopped");
	}

	/**
	 * A line that cannot be submitted is dropped, because the state transition that it
	 * reports must complete.
	 */
	private void write(Consumer<String> level, String text) {
		try {
			this.executor.execute(new Line(level, text));
		}
		catch (Throwable ex) {
			logger.debug("Failed to submit a log line", ex);
		}
	}

	static String readable(long nanos) {
		Duration duration = Duration.ofNanos(nanos);
		return (duration.toMinutes() > 0) ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
				: duration.toMillis() / 1000.0 + " s";
	}

	private record Line(Consumer<String> level, String text) implements Runnable {

		@Override
		public void run() {
			this.level.accept(this.text);
		}

	}

}
