package io.github.heartbeat.test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.test.TestApplication.Recorder;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.web.socket.WebSocketMessage;

import static io.github.heartbeat.test.HeartbeatAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.Mockito.mock;

@SpringBootTest(classes = TestApplication.class,
		properties = { "heartbeat.defaults.reconnect-timeout=100ms", "heartbeat.defaults.ping-timeout=100ms",
				"heartbeat.defaults.pong-timeout=200ms" })
@AutoConfigureHeartbeatServer
class RealClockTests {

	@Autowired
	private HeartbeatClient quotes;

	@Autowired
	private HeartbeatClients clients;

	@Autowired
	private HeartbeatTestServer server;

	@Autowired
	private Recorder recorder;

	@Test
	void theClientTalksToTheServer() {
		assertThat(this.quotes).isOpen();
		this.server.client("quotes").send("echo");
		assertThat(this.quotes).hasReceived("echoed");
		this.quotes.send("order 1");
		assertThat(this.server.client("quotes").awaitReceived((text) -> text.startsWith("order"))).isEqualTo("order 1");
	}

	@Test
	void aFreezeIsNoticed() {
		HeartbeatTestServer.Client side = this.server.client("quotes");
		assertThat(this.quotes).isOpen();
		int handshakes = side.handshakes().size();
		side.freeze();
		assertThat(this.server.await(() -> side.handshakes().size() > handshakes)).isTrue();
		assertThat(this.quotes).isOpen();
		assertThat(this.recorder.lines).contains("CLOSE 1006 HEARTBEAT");
	}

	@Test
	void aMessageAfterACloseIsForTheNextConnection() {
		assertThat(this.quotes).isOpen();
		this.server.client("quotes").close(1001);
		this.server.client("quotes").send("echo");
		assertThat(this.quotes).hasReceived("echoed");
	}

	@Test
	void aRefusalFollowsAClose() {
		this.server.client("quotes").refuse(401);
		this.server.client("quotes").close(1013);
		assertThat(this.quotes).isWaiting();
		this.server.client("quotes").accept();
		assertThat(this.quotes).isOpen();
	}

	@Test
	void aSlowListenerHoldsBackItsConnectionOnly() throws InterruptedException {
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		HeartbeatClient slow = this.clients.create("slow",
				HeartbeatClientSettings.builder("ws://slow.example.com").listener(new HeartbeatListener() {

					@Override
					public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
						blocked.countDown();
						try {
							release.await(10, TimeUnit.SECONDS);
						}
						catch (InterruptedException ex) {
							Thread.currentThread().interrupt();
						}
					}

				}).build());
		assertThat(slow).isOpen();
		this.server.client("slow").send("1");
		assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
		this.server.client("quotes").send("echo");
		assertThat(this.quotes).hasReceived("echoed");
		release.countDown();
	}

	@Test
	void aClientOfNoServerIsRefused() {
		HeartbeatClient other = mock(HeartbeatClient.class);
		assertThatIllegalArgumentException().isThrownBy(() -> assertThat(other).isOpen())
			.withMessageContaining("does not belong to a HeartbeatTestServer");
	}

}
