package io.github.heartbeat.demo;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Describes the expected effect of a fault, with the timeouts of the client {@code echo}.
 */
@Component
class FaultForecast {

	private final HeartbeatClientSettings settings;

	private final Duration slowAnswer;

	FaultForecast(@Qualifier("echo") HeartbeatClient client, @Value("${demo.slow-answer}") Duration slowAnswer) {
		this.settings = client.getSettings();
		this.slowAnswer = slowAnswer;
	}

	String of(Fault fault, Duration duration) {
		String reconnect = Readable.seconds(this.settings.getReconnectTimeout());
		String noAnswer = Readable.seconds(this.settings.getPingTimeout()) + " (ping-timeout) + "
				+ Readable.seconds(this.settings.getPongTimeout()) + " (pong-timeout) after its last message";
		return switch (fault) {
			case DROP -> "All connections are dropped without a close frame: expect ERROR, CLOSE 1006 by TRANSPORT and "
					+ "RECONNECT at once, and OPEN about " + reconnect + " later.";
			case SILENT -> "For " + Readable.seconds(duration) + " the server accepts connections and says nothing: "
					+ "expect of each client CLOSE 1006 by HEARTBEAT and RECONNECT " + noAnswer + ", OPEN about "
					+ reconnect + " later, and messages again when the time is up.";
			case SLOW -> "For " + Readable.seconds(duration) + " prices stop and answers take "
					+ Readable.seconds(this.slowAnswer)
					+ ": expect heartbeats of both clients with round trips of that " + "length, and "
					+ (isInTime() ? "no reconnect, since pong-timeout is "
							: "reconnects of both, since pong-timeout is only ")
					+ Readable.seconds(this.settings.getPongTimeout()) + ".";
			case FREEZE ->
				"The connections of this moment are frozen for good, new ones are normal: expect of each client "
						+ "CLOSE 1006 by HEARTBEAT and RECONNECT " + noAnswer + ", and OPEN about " + reconnect
						+ " later.";
			case REFUSE -> "For " + Readable.seconds(duration) + " connections are refused: expect ERROR, CLOSE 1006 "
					+ "by TRANSPORT and RECONNECT at once, another ERROR with HTTP status 503 and RECONNECT about every "
					+ reconnect + ", and OPEN at most about " + reconnect + " after the time is up.";
			case NORMAL -> "The server is back to normal: expect each client that is not connected to be so about "
					+ reconnect + " after its last RECONNECT.";
		};
	}

	private boolean isInTime() {
		return this.slowAnswer.compareTo(this.settings.getPongTimeout()) < 0;
	}

}
