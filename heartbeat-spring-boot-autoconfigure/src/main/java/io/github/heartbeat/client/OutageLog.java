package io.github.heartbeat.client;

import java.time.Duration;
import java.util.concurrent.Executor;

import io.github.heartbeat.HeartbeatConnectionException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What the log says of one client: the first failure of an outage and its end. It is
 * written on another thread, for an appender may block.
 */
final class OutageLog {

	private static final Log logger = LogFactory.getLog("io.github.heartbeat.HeartbeatClient");

	private final String clientName;

	private final String url;

	private final Ticker ticker;

	private final Executor executor;

	private boolean outage;

	private long since;

	OutageLog(String clientName, String url, EngineResources resources) {
		this.clientName = clientName;
		this.url = url;
		this.ticker = resources.ticker();
		this.executor = new SerialExecutor(resources.io());
	}

	void connected() {
		String message = "Client '" + this.clientName + "' is connected to " + this.url
				+ (this.outage ? " again after " + readable(this.ticker.nanoTime() - this.since) : "");
		this.outage = false;
		this.executor.execute(() -> logger.info(message));
	}

	void failed(HeartbeatConnectionException cause) {
		String message = "Client '" + this.clientName + "' is not connected to " + this.url + ": " + cause.getMessage();
		if (this.outage) {
			this.executor.execute(() -> logger.debug(message));
			return;
		}
		this.outage = true;
		this.since = this.ticker.nanoTime();
		this.executor.execute(() -> logger.warn(message));
	}

	void exhausted(int attempts) {
		this.executor.execute(() -> logger.error("Client '" + this.clientName + "' gave up connecting to " + this.url
				+ " after " + attempts + " reconnect attempts; call open() to start again"));
	}

	void stopped() {
		this.outage = false;
		this.executor.execute(() -> logger.debug("Client '" + this.clientName + "' is stopped"));
	}

	private static String readable(long nanos) {
		Duration duration = Duration.ofNanos(nanos);
		return (duration.toMinutes() > 0) ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
				: duration.toMillis() / 1000.0 + " s";
	}

}
