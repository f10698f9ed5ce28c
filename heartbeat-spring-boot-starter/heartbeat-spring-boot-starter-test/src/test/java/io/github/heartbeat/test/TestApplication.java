package io.github.heartbeat.test;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.event.HeartbeatMessageEvent;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * The application of the tests of the test starter.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class TestApplication {

	@Bean
	Recorder recorder() {
		return new Recorder();
	}

	/**
	 * Records hooks and events.
	 */
	static class Recorder implements HeartbeatListener {

		final List<String> lines = new CopyOnWriteArrayList<>();

		final List<String> events = new CopyOnWriteArrayList<>();

		@Override
		public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
			this.lines.add(reconnect ? "OPEN again" : "OPEN");
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			this.lines.add("MESSAGE " + message.getPayload());
			if (message.getPayload().equals("echo")) {
				client.send("echoed");
			}
		}

		@Override
		public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
			this.lines.add("CLOSE " + status.getCode() + " " + initiator);
		}

		@EventListener
		void on(HeartbeatMessageEvent event) {
			this.events.add(String.valueOf(event.getMessage().getPayload()));
		}

	}

}
