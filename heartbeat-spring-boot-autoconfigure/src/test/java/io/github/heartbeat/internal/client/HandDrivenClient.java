package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.connect.TokenSource;
import io.github.heartbeat.internal.connection.Connection;
import io.github.heartbeat.internal.lease.Lease;
import io.github.heartbeat.internal.message.PayloadConverters;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.test.internal.ManualEngine;
import io.github.heartbeat.testing.HookLog;
import org.jspecify.annotations.Nullable;

/**
 * Base class of tests of a client with a hand-driven clock, hand-driven threads and a
 * simulated network.
 */
abstract class HandDrivenClient {

	final ManualEngine engine = new ManualEngine();

	final FakeNetwork network = new FakeNetwork();

	final ConnectLimiter connectLimiter = new ConnectLimiter(1, Runnable::run);

	final HookLog log = new HookLog();

	final List<HeartbeatListener> listeners = new ArrayList<>(List.of(this.log));

	final List<HeartbeatClientObserverFactory> observers = new ArrayList<>();

	@Nullable TokenSource tokens;

	DefaultHeartbeatClient client;

	static HeartbeatClientSettings.Builder settings() {
		return HeartbeatClientSettings.builder("ws://localhost/").reconnectJitter(0);
	}

	void start(HeartbeatClientSettings.Builder builder) {
		start(builder, () -> 0.5);
	}

	void start(HeartbeatClientSettings.Builder builder, DoubleSupplier random) {
		start(builder, null, this.engine.resources(random));
	}

	void start(HeartbeatClientSettings.Builder builder, @Nullable Lease lease, EngineResources resources) {
		HeartbeatClientSettings settings = builder.build();
		this.client = TestClients.client("test", settings, () -> this.listeners, () -> this.observers,
				new PayloadConverters(List::of), this.network.container(), this.connectLimiter, lease, this.tokens,
				resources);
		this.client.findExtensions();
		this.client.machine().start();
		this.engine.run();
	}

	Connection connection() {
		return this.client.machine().connection();
	}

	void advanceMillis(long millis) {
		this.engine.advance(Duration.ofMillis(millis));
	}

}
