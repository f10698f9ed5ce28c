package io.github.heartbeat.health;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.registry.DefaultHealthContributorRegistry;
import org.springframework.boot.health.registry.HealthContributorRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

class HeartbeatHealthRegistrarTests {

	private final HeartbeatClients clients = mock(HeartbeatClients.class);

	private final HealthContributorRegistry registry = new DefaultHealthContributorRegistry();

	private final HeartbeatHealthRegistrar registrar = registrar();

	private HeartbeatHealthRegistrar registrar() {
		given(this.clients.getAll()).willReturn(Map.of());
		HeartbeatHealthRegistrar registrar = new HeartbeatHealthRegistrar(this.registry,
				new HeartbeatHealthContributor(this.clients, Duration.ofSeconds(30)));
		clearInvocations(this.clients);
		return registrar;
	}

	private static HeartbeatClient client(boolean health) {
		HeartbeatClient client = mock(HeartbeatClient.class);
		given(client.getSettings())
			.willReturn(HeartbeatClientSettings.builder("ws://localhost").healthEnabled(health).build());
		return client;
	}

	private boolean isRegistered() {
		return this.registry.getContributor("heartbeat") != null;
	}

	/**
	 * The registrar is called under locks of the client, once for each client.
	 */
	@Test
	void anObserverDoesNotAskForTheClients() {
		Deque<HeartbeatClientObserver> observers = new ArrayDeque<>();
		for (int i = 0; i < 100; i++) {
			observers.add(this.registrar.observe(client(true)));
			assertThat(isRegistered()).isTrue();
		}
		while (!observers.isEmpty()) {
			assertThat(isRegistered()).isTrue();
			observers.remove().removed();
		}
		assertThat(isRegistered()).isFalse();
		verifyNoInteractions(this.clients);
	}

	@Test
	void aClientThatIsNoHealthComponentDoesNotCount() {
		assertThat(this.registrar.observe(client(false))).isNull();
		assertThat(isRegistered()).isFalse();
	}

	@Test
	void nothingIsRegisteredAfterTheEnd() {
		HeartbeatClientObserver observer = this.registrar.observe(client(true));
		this.registrar.destroy();
		assertThat(isRegistered()).isFalse();
		observer.removed();
		this.registrar.observe(client(true));
		assertThat(isRegistered()).isFalse();
	}

}
