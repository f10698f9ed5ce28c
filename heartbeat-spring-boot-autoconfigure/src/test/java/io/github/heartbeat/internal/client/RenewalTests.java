package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.metrics.HeartbeatMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the replacement of old connections with a hand-driven clock.
 */
class RenewalTests extends HandDrivenClient {

	private static final Duration AGE = Duration.ofSeconds(10);

	@Test
	void aConnectionIsReplacedAtItsAge() {
		start(settings().maxConnectionAge(AGE));
		this.engine.advance(AGE.minusMillis(1));
		assertThat(this.log.lines()).containsExactly("OPEN");
		advanceMillis(1);
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT", "RECONNECT 0", "OPEN again");
		assertThat(this.client.getRepeat()).isZero();
		this.engine.advance(AGE);
		assertThat(this.network.handshakes()).hasSize(3);
	}

	@ParameterizedTest
	@CsvSource({ "0, 10000", "0.25, 9500", "0.5, 9000", "0.99, 8020" })
	void theAgeIsShortenedAtRandomByTheJitter(double random, long millis) {
		start(settings().maxConnectionAge(AGE).reconnectJitter(0.2), () -> random);
		this.engine.advance(Duration.ofMillis(millis - 1));
		assertThat(this.network.handshakes()).hasSize(1);
		advanceMillis(1);
		assertThat(this.network.handshakes()).hasSize(2);
	}

	@Test
	void noConnectionIsReplacedByDefault() {
		start(settings());
		this.engine.advance(Duration.ofHours(10));
		assertThat(this.network.handshakes()).hasSize(1);
	}

	@Test
	void theAttemptBeginsWhenTheOldConnectionHasGone() {
		start(settings().maxConnectionAge(AGE).closeTimeout(Duration.ofSeconds(2)));
		this.network.answersCloses(false);
		this.engine.advance(AGE);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		assertThat(this.network.handshakes()).hasSize(1);
		advanceMillis(2000);
		assertThat(this.network.handshakes()).hasSize(2);
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void messagesThatAreAcceptedMeanwhileWaitForTheNextConnection() {
		start(settings().maxConnectionAge(AGE));
		this.network.answersCloses(false);
		this.engine.advance(AGE);
		List<String> done = new ArrayList<>();
		this.client.send("1").thenRun(() -> done.add("1"));
		this.client.send("2").thenRun(() -> done.add("2"));
		this.engine.run();
		assertThat(done).isEmpty();
		advanceMillis(2000);
		assertThat(this.network.lastPeer().written()).containsExactly("1", "2");
		assertThat(done).containsExactly("1", "2");
	}

	@Test
	void aFailedRenewalIsAnOutageLikeAnyOther() {
		start(settings().maxConnectionAge(AGE));
		this.network.answersCloses(false);
		this.engine.advance(AGE);
		List<String> done = new ArrayList<>();
		this.client.send("waits").thenRun(() -> done.add("waits"));
		this.network.mode(FakeNetwork.Mode.REFUSE);
		advanceMillis(2000);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.WAITING);
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT", "RECONNECT 0", "ERROR CONNECT",
				"RECONNECT 1");
		List<Reason> reasons = new ArrayList<>();
		this.client.send("rejected").whenComplete((sent, ex) -> reasons.add(((HeartbeatSendException) ex).getReason()));
		this.engine.run();
		assertThat(reasons).containsExactly(Reason.NOT_OPEN);
		this.network.mode(FakeNetwork.Mode.ACCEPT);
		advanceMillis(2000);
		assertThat(this.network.lastPeer().written()).containsExactly("waits");
		assertThat(done).containsExactly("waits");
	}

	@Test
	void aRenewalHasItsOwnCauseInTheMeters() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		this.observers.add(new HeartbeatMeters(registry));
		start(settings().maxConnectionAge(AGE));
		this.engine.advance(AGE);
		assertThat(registry.get("heartbeat.client.reconnects").tag("cause", "renewal").counter().count()).isOne();
	}

	@Test
	void aCloseEndsTheRenewal() {
		start(settings().maxConnectionAge(AGE));
		this.network.answersCloses(false);
		this.engine.advance(AGE);
		List<Reason> reasons = new ArrayList<>();
		this.client.send("late").whenComplete((sent, ex) -> reasons.add(((HeartbeatSendException) ex).getReason()));
		this.client.close();
		this.engine.advance(AGE);
		assertThat(reasons).containsExactly(Reason.CLOSED);
		assertThat(this.network.handshakes()).hasSize(1);
	}

}
