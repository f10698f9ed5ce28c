package io.github.heartbeat.internal.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests {@link ApplicationClients}.
 */
class ApplicationClientsTests {

	private final HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost:1").build();

	private final List<DefaultHeartbeatClients> engines = new ArrayList<>();

	private final ApplicationClients clients = new ApplicationClients(() -> this::createEngine);

	@AfterEach
	void destroy() {
		this.clients.destroy();
	}

	@Test
	void theFirstClientCreatesTheEngine() {
		assertThat(this.clients.get("feed")).isNull();
		assertThat(this.clients.getAll()).isEmpty();
		assertThat(this.clients.remove("feed")).isFalse();
		assertThat(this.engines).isEmpty();
		HeartbeatClient client = this.clients.create("feed", this.settings);
		assertThat(this.clients.get("feed")).isSameAs(client);
		assertThat(this.clients.getAll()).containsOnlyKeys("feed");
		this.clients.create("other", this.settings);
		assertThat(this.engines).hasSize(1);
		assertThat(this.clients.remove("feed")).isTrue();
		assertThat(this.clients.getAll()).containsOnlyKeys("other");
	}

	@Test
	void aClientOfStoppedClientsConnectsWhenTheyStart() {
		HeartbeatClient client = this.clients.create("feed", this.settings);
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(this.clients.isRunning()).isFalse();
		this.clients.start();
		assertThat(client.getState()).isNotEqualTo(HeartbeatClientState.STOPPED);
		assertThat(this.clients.isRunning()).isTrue();
	}

	@Test
	void aClientOfStartedClientsConnectsAtOnce() {
		this.clients.start();
		assertThat(this.clients.isRunning()).isTrue();
		assertThat(this.engines).isEmpty();
		assertThat(this.clients.create("feed", this.settings).getState()).isNotEqualTo(HeartbeatClientState.STOPPED);
	}

	@Test
	void withoutAnEngineTheStopIsCompleteAtOnce() {
		List<String> completed = new ArrayList<>();
		this.clients.start();
		this.clients.stop(() -> completed.add("stop"));
		this.clients.whenLeasesReleased(() -> completed.add("leases"));
		assertThat(completed).containsExactly("stop", "leases");
		assertThat(this.clients.isRunning()).isFalse();
		assertThat(this.engines).isEmpty();
	}

	@Test
	void aClientOfClientsThatWereStoppedStaysStopped() {
		this.clients.start();
		this.clients.stop();
		assertThat(this.clients.create("feed", this.settings).getState()).isEqualTo(HeartbeatClientState.STOPPED);
	}

	@Test
	void afterTheEndNoEngineIsCreated() {
		this.clients.destroy();
		assertThatIllegalStateException().isThrownBy(() -> this.clients.create("feed", this.settings))
			.withMessage("The application is closed");
		assertThat(this.engines).isEmpty();
	}

	@Test
	void theEndDestroysTheEngine() {
		this.clients.create("feed", this.settings);
		this.clients.destroy();
		assertThatIllegalStateException().isThrownBy(() -> this.engines.get(0).create("other", this.settings))
			.withMessage("The application is closed");
	}

	@Test
	void theSecondOfTwoEnginesThatAreCreatedConcurrentlyIsDestroyed() {
		List<ApplicationClients> racing = new ArrayList<>();
		Supplier<DefaultHeartbeatClients> factory = () -> {
			if (this.engines.isEmpty()) {
				DefaultHeartbeatClients slow = createEngine();
				racing.get(0).create("of-the-first", this.settings);
				return slow;
			}
			return createEngine();
		};
		racing.add(new ApplicationClients(() -> factory));
		try {
			racing.get(0).create("of-the-second", this.settings);
			assertThat(racing.get(0).getAll()).containsOnlyKeys("of-the-first", "of-the-second");
			assertThat(this.engines).hasSize(2);
			assertThatIllegalStateException().isThrownBy(() -> this.engines.get(0).create("other", this.settings))
				.withMessage("The application is closed");
		}
		finally {
			racing.get(0).destroy();
		}
	}

	@Test
	void anEngineThatIsCreatedDuringTheEndIsDestroyed() {
		List<ApplicationClients> ending = new ArrayList<>();
		Supplier<DefaultHeartbeatClients> factory = () -> {
			ending.get(0).destroy();
			return createEngine();
		};
		ending.add(new ApplicationClients(() -> factory));
		assertThatIllegalStateException().isThrownBy(() -> ending.get(0).create("feed", this.settings))
			.withMessage("The application is closed");
		assertThatIllegalStateException().isThrownBy(() -> this.engines.get(0).create("other", this.settings))
			.withMessage("The application is closed");
	}

	private DefaultHeartbeatClients createEngine() {
		DefaultHeartbeatClients engine = TestClients.create(HeartbeatContainer.TOMCAT);
		this.engines.add(engine);
		return engine;
	}

}
