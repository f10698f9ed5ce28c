package io.github.heartbeat.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.TextMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class EventPublisherTests {

	private final HeartbeatClient client = mock(HeartbeatClient.class);

	private final TextMessage message = new TextMessage("hello");

	@Test
	void theTimestampIsThatOfTheReceipt() {
		List<Object> events = new ArrayList<>();
		new EventPublisher(events::add).onMessage(this.client, this.message, 1_234);
		assertThat(events).singleElement().isInstanceOfSatisfying(HeartbeatMessageEvent.class, (event) -> {
			assertThat(event.getTimestamp()).isEqualTo(1_234);
			assertThat(event.getMessage()).isSameAs(this.message);
			assertThat(event.getClient()).isSameAs(this.client);
		});
	}

	@Test
	void theTimestampOfAMessageThatIsPassedOnWithoutOneIsNow() {
		List<HeartbeatMessageEvent> events = new ArrayList<>();
		EventPublisher publisher = new EventPublisher((event) -> events.add((HeartbeatMessageEvent) event));
		long before = System.currentTimeMillis();
		publisher.onMessage(this.client, this.message);
		assertThat(events).singleElement()
			.satisfies((event) -> assertThat(event.getTimestamp()).isBetween(before, System.currentTimeMillis()));
	}

}
