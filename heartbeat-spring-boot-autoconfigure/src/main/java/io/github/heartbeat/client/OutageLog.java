package io.github.heartbeat.client;

import java.time.Duration;

import io.github.heartbeat.HeartbeatConnectionException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What the log says of one client: the first failure of an outage and its end.
 */
final class OutageLog {

	private static final Log logger = LogFactory.getLog("io.github.heartbeat.HeartbeatClient");

	private final String clientName;

	private final String url;

	private final Ticker ticker;

	private boolean outage;

	private long since;

	OutageLog(String clientName, String url, Ticker ticker) {
		this.clientName = clientName;
		this.url = url;
		this.ticker = ticker;
	}

	void connected() {
		logger.info("Client '" + this.clientName + "' is connected to " + this.url
				+ (this.outage ? " again after " + readable(this.ticker.nanoTime() - this.since) : ""));
		this.outage = false;
	}

	void failed(HeartbeatConnectionException cause) {
		String message = "Client '" + this.clientName + "' is not connected to " + this.url + ": " + cause.getMessage();
		if (this.outage) {
			logger.debug(message);
			return;
		}
		this.outage = true;
		this.since = this.ticker.nanoTime();
		logger.warn(message);
	}

	void exhausted(int attempts) {
		logger.error("Client '" + this.clientName + "' gave up connecting to " + this.url + " after " + attempts
				+ " reconnect attempts; call open() to start again");
	}

	void stopped() {
		logger.debug("Client '" + this.clientName + "' is stopped");
		this.outage = false;
	}

	private static String readable(long nanos) {
		Duration duration = Duration.ofNanos(nanos);
		return (duration.toMinutes() > 0) ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
				: duration.toMillis() / 1000.0 + " s";
	}

}
