package io.github.heartbeat.internal.observe;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Ticker;

/**
 * What the log says of one client: the first failure of an outage, a summary a minute,
 * and its end. It is written on another thread, for an appender may block.
 */
public final class OutageLog {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

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
		write(() -> logger.info(message));
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
			write(() -> logger.debug(message));
			return;
		}
		this.lastLine = now;
		write(() -> logger.warn(message));
	}

	/**
	 * A connection ended since a heartbeat was not answered. Two in a row without a
	 * single answer say something of the server, once.
	 * @param answered whether it had answered any heartbeat
	 */
	public void notAnswered(boolean answered) {
		this.unanswered = answered ? 0 : this.unanswered + 1;
		if (this.unanswered == UNANSWERED_CONNECTIONS) {
			write(() -> logger.warn("Client '" + this.clientName + "' has had no answer to a heartbeat "
					+ "on two connections in a row: the server at " + this.url
					+ " seems never to answer them; see 'ping-msg' and 'ping-type'"));
		}
	}

	public void exhausted(int attempts, HeartbeatConnectionException cause) {
		write(() -> logger.error("Client '" + this.clientName + "' gave up connecting to " + this.url + " after "
				+ attempts + " reconnect attempts: " + cause.getMessage() + "; call open() to start again"));
	}

	public void policyTookTooLong() {
		write(() -> logger.warn("A reconnect policy of client '" + this.clientName
				+ "' has not answered within 'connect-timeout'; the settings decide"));
	}

	public void paused(int waitingHooks) {
		write(() -> logger.warn("Client '" + this.clientName + "' does not try to connect while " + waitingHooks
				+ " hooks wait behind one that has not returned; it continues when that returns"));
	}

	public void repaired(String violation) {
		write(() -> logger.warn("Client '" + this.clientName + "' was repaired, since " + violation
				+ "; further repairs are not logged"));
	}

	public void stopped() {
		this.outage = false;
		write(() -> logger.debug("Client '" + this.clientName + "' is stopped"));
	}

	/**
	 * A line that cannot be handed over is dropped: the transition that it is about must
	 * be completed.
	 */
	private void write(Runnable line) {
		try {
			this.executor.execute(line);
		}
		catch (Throwable ex) {
			logger.debug("A line was not logged", ex);
		}
	}

	private static String readable(long nanos) {
		Duration duration = Duration.ofNanos(nanos);
		return (duration.toMinutes() > 0) ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
				: duration.toMillis() / 1000.0 + " s";
	}

}
