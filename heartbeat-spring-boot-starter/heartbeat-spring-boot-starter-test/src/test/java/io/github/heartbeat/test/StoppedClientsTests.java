package io.github.heartbeat.test;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that do not ask for a server.
 */
@ExtendWith(OutputCaptureExtension.class)
class StoppedClientsTests {

	@Nested
	@SpringBootTest(classes = TestApplication.class)
	@DirtiesContext
	class ByDefault {

		@Test
		void clientsStayStopped(CapturedOutput output, @Autowired HeartbeatClient quotes) {
			quotes.open();
			assertThat(quotes.getState()).isEqualTo(HeartbeatClientState.STOPPED);
			assertThat(output).containsOnlyOnce("WebSocket clients stay stopped in this test.");
		}

	}

	@Nested
	@SpringBootTest(classes = TestApplication.class,
			properties = { "heartbeat.test.real-connections=true", "heartbeat.clients.quotes.url=ws://localhost:1/" })
	@DirtiesContext
	class WithRealConnections {

		@Test
		void clientsConnect(CapturedOutput output, @Autowired HeartbeatClient quotes) {
			assertThat(quotes.getState()).isNotEqualTo(HeartbeatClientState.STOPPED);
			assertThat(output).doesNotContain("stay stopped");
		}

	}

}
