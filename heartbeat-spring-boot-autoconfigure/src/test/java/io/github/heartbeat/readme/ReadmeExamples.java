package io.github.heartbeat.readme;

import java.net.URI;
import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.HeartbeatPingMessageSupplier;
import io.github.heartbeat.HeartbeatPongMatcher;
import io.github.heartbeat.HeartbeatSubscription;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * The Java examples of the documents, word for word, except {@link Quotes}.
 */
final class ReadmeExamples {

	private ReadmeExamples() {
	}

	static HeartbeatClient createAClient(HeartbeatClients clients) {
		HeartbeatClient client = clients.create("sensor-7",
				HeartbeatClientSettings.builder("ws://10.0.0.7/").pingTimeout(Duration.ofSeconds(5)).build());
		return client;
	}

	static HeartbeatSubscription subscribe(HeartbeatClient client) {
		HeartbeatSubscription subscription = client.subscribe("EURUSD", "{\"subscribe\":\"EURUSD\"}",
				"{\"unsubscribe\":\"EURUSD\"}");
		return subscription;
	}

	static JakartaWebSocketClientContainer connectThroughAProxy(HeartbeatClients clients) throws Exception {
		HttpClient http = new HttpClient();
		http.getProxyConfiguration().addProxy(new HttpProxy("proxy.example.com", 3128));
		JakartaWebSocketClientContainer jetty = new JakartaWebSocketClientContainer(http);
		jetty.addManaged(http);
		jetty.start();
		clients.create("outside",
				HeartbeatClientSettings.builder("wss://example.com/").webSocketContainer(jetty).build());
		return jetty;
	}

	@Configuration(proxyBeanMethods = false)
	static class LocalServer {

		@Bean
		HeartbeatHandshakeCustomizer localServer(Environment environment) {
			return (clientName, handshake) -> handshake
				.setUrl(URI.create("ws://localhost:" + environment.getProperty("local.server.port") + "/quotes"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MqttHeartbeats {

		@Bean
		HeartbeatPingMessageSupplier mqttPing() {
			return new HeartbeatPingMessageSupplier() {

				@Override
				public @Nullable String getPingMessage(String clientName) {
					return null;
				}

				@Override
				public @Nullable WebSocketMessage<?> getPing(String clientName) {
					return clientName.equals("mqtt") ? new BinaryMessage(new byte[] { (byte) 0xC0, 0 }) : null;
				}

			};
		}

		@Bean
		HeartbeatPongMatcher mqttPong() {
			return (message) -> message instanceof BinaryMessage binary && binary.getPayloadLength() == 2
					&& binary.getPayload().get(0) == (byte) 0xD0;
		}

	}

}
