package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.health.HeartbeatHealthIndicator;
import io.github.heartbeat.internal.client.FakeNetwork.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the health of a client in every state, with a hand-driven clock.
 */
class ClientHealthTests extends HandDrivenClient {

	private Health health() {
		return new HeartbeatHealthIndicator(this.client, Duration.ofSeconds(30)).health();
	}

	@Test
	void openIsUp() {
		start(settings());
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(health().getDetails()).containsOnlyKeys("url", "state", "since", "repeat", "reconnects")
			.containsEntry("url", "ws://localhost/")
			.containsEntry("state", HeartbeatClientState.OPEN)
			.containsEntry("since", Instant.EPOCH)
			.containsEntry("repeat", 0)
			.containsEntry("reconnects", 0L);
	}

	@Test
	void stoppedIsUnknown() {
		start(settings());
		this.client.close();
		assertThat(health().getStatus()).isEqualTo(Status.UNKNOWN);
	}

	@Test
	void exhaustedIsDownAtOnce() {
		start(settings().repeatLimit(0));
		this.network.lastPeer().close(1001);
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(health().getDetails()).containsEntry("state", HeartbeatClientState.EXHAUSTED);
	}

	@Test
	void anOutageIsDownWhenItHasLasted() {
		start(settings());
		advanceMillis(15_000);
		this.network.mode(Mode.REFUSE);
		this.network.lastPeer().drop();
		this.engine.run();
		advanceMillis(30_000);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		advanceMillis(1);
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		Map<String, Object> details = health().getDetails();
		assertThat(details).containsEntry("state", HeartbeatClientState.WAITING)
			.containsEntry("lastReceived", Instant.ofEpochSecond(15))
			.containsEntry("nextAttempt", Instant.ofEpochSecond(47))
			.containsEntry("lastClose",
					Map.of("at", Instant.ofEpochSecond(15), "code", 1006, "initiator", HeartbeatInitiator.TRANSPORT))
			.containsEntry("lastError", Map.of("at", Instant.ofEpochSecond(45), "kind", Kind.CONNECT, "message",
					"localhost refused the connection or is unreachable"));
	}

	/**
	 * A clock that is set forward by an hour does not cause an outage of an hour. A clock
	 * that is set back by an hour does not hide an outage.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, -1 })
	void aClockThatIsSetChangesNoStatus(long hours) {
		this.network.mode(Mode.REFUSE);
		start(settings());
		advanceMillis(29_000);
		this.engine.setClock(Duration.ofHours(hours));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		advanceMillis(1001);
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
	}

	@Test
	void anOutageFromTheStartIsDownWhenItHasLasted() {
		this.network.mode(Mode.HANG);
		start(settings().connectTimeout(Duration.ofMinutes(1)));
		advanceMillis(30_000);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		advanceMillis(1);
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(health().getDetails()).containsEntry("state", HeartbeatClientState.CONNECTING);
	}

}
