package io.github.heartbeat.internal.client;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.testing.HookLog.Entry;
import io.github.heartbeat.testing.OpenSockets;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests connection attempts to a host that does not answer TCP connects, such as one
 * behind a firewall that drops packets.
 */
class UnansweredConnectsIntegrationTests extends EachContainer {

	private int connecting() {
		return OpenSockets.connectingTo(server().port()).size();
	}

	@Test
	void eachAttemptConnectsItselfAndLeavesNoSocket() throws Exception {
		server().answerNoConnects();
		int others = connecting();
		HeartbeatClient client = create(settings().connectTimeout(Duration.ofMillis(700)));
		for (int attempt = 1; attempt <= 4; attempt++) {
			OpenSockets.await(() -> connecting() == others + 1);
			log().await("ERROR CONNECT_TIMEOUT", attempt);
			OpenSockets.await(() -> connecting() == others);
		}
		client.close();
		OpenSockets.await(() -> connecting() == others);
		assertThat(log().count("ERROR")).isEqualTo(log().count("ERROR CONNECT_TIMEOUT"));
	}

	@Test
	void aClientThatIsRemovedLeavesNoSocket() throws Exception {
		server().answerNoConnects();
		int others = connecting();
		create(settings().connectTimeout(Duration.ofSeconds(30)));
		clients().create("other", settings().connectTimeout(Duration.ofSeconds(30)).build());
		OpenSockets.await(() -> connecting() == others + 2);
		clients().remove("test");
		OpenSockets.await(() -> connecting() == others + 1);
		clients().remove("other");
		OpenSockets.await(() -> connecting() == others);
	}

	/**
	 * The kernel repeats a connect after 1, 3, 7 and 15 seconds. A connect that the first
	 * attempts started would be answered long after the repair.
	 */
	@Test
	void theFirstAttemptAfterTheRepairSucceeds() throws Exception {
		server().answerNoConnects();
		create(settings().connectTimeout(Duration.ofMillis(700)));
		log().await("ERROR CONNECT_TIMEOUT", 5);
		log().await("ERROR CONNECT_TIMEOUT", 10);
		server().acceptAgain();
		long repaired = System.nanoTime();
		Entry open = log().await("OPEN");
		assertThat(open.secondsSince(repaired)).isLessThan(2.5);
	}

}
