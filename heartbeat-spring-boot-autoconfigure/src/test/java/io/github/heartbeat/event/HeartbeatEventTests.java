package io.github.heartbeat.event;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatInitiator;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class HeartbeatEventTests {

	private final HeartbeatClient client = mock(HeartbeatClient.class);

	private final HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.CONNECT, "refused");

	HeartbeatEventTests() {
		given(this.client.getName()).willReturn("quotes");
	}

	@Test
	void theDescriptionNamesClientAttemptAndCause() {
		assertThat(new HeartbeatOpenEvent(this.client, mock(WebSocketSession.class), true))
			.hasToString("HeartbeatOpenEvent[client=quotes, reconnect=true]");
		assertThat(new HeartbeatErrorEvent(this.client, this.cause))
			.hasToString("HeartbeatErrorEvent[client=quotes, cause=CONNECT (refused)]");
		assertThat(new HeartbeatReconnectEvent(this.client, 3, Duration.ofSeconds(2), this.cause))
			.hasToString("HeartbeatReconnectEvent[client=quotes, attempt=3, wait=2000ms, cause=CONNECT (refused)]");
		assertThat(new HeartbeatExhaustedEvent(this.client, 5, this.cause))
			.hasToString("HeartbeatExhaustedEvent[client=quotes, attempts=5, cause=CONNECT (refused)]");
	}

	@Test
	void theDescriptionHasNeitherThePayloadNorTheReasonOfThePeer() {
		assertThat(new HeartbeatMessageEvent(this.client, new TextMessage("secret")))
			.hasToString("HeartbeatMessageEvent[client=quotes, bytes=6]");
		assertThat(new HeartbeatCloseEvent(this.client, new CloseStatus(4001, "secret"), HeartbeatInitiator.SERVER))
			.hasToString("HeartbeatCloseEvent[client=quotes, code=4001, initiator=SERVER]");
	}

}
