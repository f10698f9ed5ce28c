package io.github.heartbeat.internal.client;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests when a client reconnects and when it gives up.
 */
class ReconnectIntegrationTests extends ConnectionContract {

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 1003, 1011, 4000, 4999 })
	void aCloseByTheServerMeansReconnectWhateverTheCode(int code) throws Exception {
		server().behave(Behaviour.closing(code));
		create(settings());
		log().await("RECONNECT");
		server().behave(Behaviour.ECHO);
		assertThat(server().connection(1).next()).isEqualTo("CLOSE " + code);
		log().await("OPEN again");
		assertThat(log().lines()).startsWith("OPEN", "CLOSE " + code + " SERVER", "RECONNECT 1");
	}

	/**
	 * A write that fails because the server is closing must not hide the close code.
	 */
	@Test
	void theCloseCodeIsReportedWhileMessagesAreBeingSent() throws Exception {
		server().behave((connection) -> {
			connection.upgrade();
			connection.readText();
			connection.close(4403);
			connection.readSilently();
		});
		for (int round = 1; round <= 30; round++) {
			HeartbeatClient client = clients().create("round-" + round,
					settings().stopOnCloseCodes("4403").sendQueueMessages(100_000).build());
			until(client::isOpen);
			while (client.getState() == HeartbeatClientState.OPEN) {
				client.send("message");
			}
			log().await("EXHAUSTED", round);
		}
		assertThat(log().count("CLOSE 4403 SERVER")).isEqualTo(30);
	}

	@Test
	void aConnectionResetMeansReconnect() throws Exception {
		open(settings());
		server().connection(1).reset();
		assertLostAndReconnected();
	}

	@Test
	void aConnectionDroppedWithoutACloseFrameMeansReconnect() throws Exception {
		open(settings());
		server().connection(1).drop();
		assertLostAndReconnected();
	}

	private void assertLostAndReconnected() {
		log().await("OPEN again");
		assertThat(log().lines().get(1)).isEqualTo("ERROR CONNECTION_LOST 1006");
		assertThat(log().lines()).hasSize(5).endsWith("CLOSE 1006 TRANSPORT", "RECONNECT 1", "OPEN again");
	}

	@Test
	void anUnavailableServerIsTriedUntilItAccepts() throws Exception {
		server().refuse();
		HeartbeatClient client = create(settings());
		log().await("RECONNECT 3");
		assertThat(log().lines()).startsWith("ERROR CONNECT", "RECONNECT 1", "ERROR CONNECT", "RECONNECT 2");
		assertThat(client.getRepeat()).isGreaterThanOrEqualTo(3);
		server().acceptAgain();
		log().await("OPEN");
		assertThat(log().lines()).endsWith("OPEN");
	}

	@Test
	void repeatLimitAppliesToAServerThatAcceptsAndDrops() {
		server().behave(Behaviour.DROPPING);
		HeartbeatClient client = create(settings().repeatLimit(3).reconnectTimeout(Duration.ofMillis(50)));
		log().await("EXHAUSTED");
		assertThat(log().lines()).endsWith("EXHAUSTED 3");
		assertThat(log().count("OPEN")).isEqualTo(4);
		assertThat(log().count("CLOSE 1006 TRANSPORT")).isEqualTo(4);
		assertThat(log().lines().stream().filter((line) -> line.startsWith("RECONNECT"))).containsExactly("RECONNECT 1",
				"RECONNECT 2", "RECONNECT 3");
		assertThat(server().connections()).hasSize(4);
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
		assertThat(reasonOf(client.send("too late"))).isEqualTo(Reason.CLOSED);
	}

	@Test
	void repeatLimitAppliesToAServerThatNeverAnswers() {
		server().behave(Behaviour.SILENT);
		create(settings().repeatLimit(2)
			.pingTimeout(Duration.ofMillis(100))
			.pongTimeout(Duration.ofMillis(100))
			.reconnectTimeout(Duration.ofMillis(50)));
		log().await("EXHAUSTED");
		assertThat(log().lines()).endsWith("EXHAUSTED 2");
		assertThat(log().count("CLOSE 1006 HEARTBEAT")).isEqualTo(3);
	}

	@Test
	void repeatLimitZeroNeverReconnects() throws Exception {
		open(settings().repeatLimit(0));
		server().connection(1).drop();
		log().await("EXHAUSTED");
		assertThat(log().lines()).endsWith("CLOSE 1006 TRANSPORT", "EXHAUSTED 0");
	}

	@Test
	void reconnectReplacesTheConnectionAtOnce() throws Exception {
		HeartbeatClient client = open(settings().reconnectTimeout(Duration.ofSeconds(10)));
		client.reconnect();
		log().await("OPEN again");
		assertThat(log().lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT", "RECONNECT 1", "OPEN again");
		server().connection(1).awaitEnd();
	}

	@Test
	void reconnectCutsAWaitShort() throws Exception {
		server().refuse();
		HeartbeatClient client = create(settings().reconnectTimeout(Duration.ofSeconds(10)));
		log().await("RECONNECT");
		server().acceptAgain();
		client.reconnect();
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR CONNECT", "RECONNECT 1", "RECONNECT 1", "OPEN");
	}

	@Test
	void reconnectRevivesAnExhaustedClientAndLeavesAStoppedOneAlone() throws Exception {
		server().refuse();
		HeartbeatClient client = create(settings().repeatLimit(0));
		log().await("EXHAUSTED");
		server().acceptAgain();
		client.reconnect();
		log().await("OPEN");
		client.close();
		client.reconnect();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
	}

	@Test
	@RequiresSocket("no write blocks")
	void twoFailureSignalsMakeOneReconnect() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().pingTimeout(Duration.ofMillis(300))
			.pongTimeout(Duration.ofMillis(200))
			.sendTimeout(Duration.ofMillis(450))
			.sendQueueBytes(DataSize.ofMegabytes(100)));
		server().behave(Behaviour.ECHO);
		String large = "x".repeat(1_000_000);
		for (int i = 0; i < 30; i++) {
			client.send(large);
		}
		TestServer.Connection frozen = server().connection(1);
		log().await("CLOSE");
		frozen.reset();
		log().await("OPEN again");
		client.send("alive").join();
		log().await("MESSAGE alive");
		assertThat(log().count("CLOSE")).isEqualTo(1);
		assertThat(log().count("RECONNECT")).isEqualTo(1);
		assertThat(server().connections()).hasSize(2);
	}

}
