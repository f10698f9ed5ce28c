package io.github.heartbeat.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import org.awaitility.Awaitility;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Application that connects and is then closed. It runs in a class loader whose only
 * parent is the JDK.
 */
final class ReloadedApplication {

	private ReloadedApplication() {
	}

	/**
	 * Run the application.
	 * @param container the container
	 * @param url the url of the clients without TLS
	 * @param secureUrl the url of the clients with TLS
	 * @param unansweredUrl the url of a client whose connect is never answered
	 * @param sslContext the TLS of those
	 */
	static void run(String container, String url, String secureUrl, String unansweredUrl, SSLContext sslContext) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("test",
						Map.of("heartbeat.container", container, "heartbeat.clients.plain.url", url,
								"heartbeat.clients.plain.ping-timeout", "20ms", "heartbeat.clients.unanswered.url",
								unansweredUrl)));
			context.register(HeartbeatAutoConfiguration.class);
			context.refresh();
			HeartbeatClients clients = context.getBean(HeartbeatClients.class);
			HeartbeatClient plain = clients.get("plain");
			HeartbeatClient secure = clients.create("secure",
					HeartbeatClientSettings.builder(secureUrl).sslContext(sslContext).build());
			for (HeartbeatClient client : List.of(plain, secure)) {
				Awaitility.await()
					.pollInSameThread()
					.atMost(Duration.ofSeconds(10))
					.pollInterval(Duration.ofMillis(5))
					.until(client::isOpen);
				client.send("text").join();
			}
			plain.reconnect();
			Awaitility.await()
				.pollInSameThread()
				.atMost(Duration.ofSeconds(10))
				.pollInterval(Duration.ofMillis(5))
				.until(plain::isOpen);
		}
	}

}
