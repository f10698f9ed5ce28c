package io.github.heartbeat.autoconfigure.health;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of the health of WebSocket clients.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("management.health.heartbeat")
public class HeartbeatHealthProperties {

	/**
	 * Duration of an outage after which a client is reported as DOWN. If a duration
	 * suffix is not specified, milliseconds are used.
	 */
	private Duration downAfter = Duration.ofSeconds(30);

	public Duration getDownAfter() {
		return this.downAfter;
	}

	public void setDownAfter(Duration downAfter) {
		this.downAfter = downAfter;
	}

}
