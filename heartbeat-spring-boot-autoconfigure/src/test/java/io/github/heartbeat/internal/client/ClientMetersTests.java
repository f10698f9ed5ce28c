package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.internal.client.FakeNetwork.Mode;
import io.github.heartbeat.metrics.HeartbeatMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests the meters of clients, with a hand-driven clock.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClientMetersTests extends HandDrivenClient {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final HeartbeatMeters meters = new HeartbeatMeters(this.registry);

	ClientMetersTests() {
		this.observers.add(this.meters);
	}

	private double counter(String name, String... tags) {
		return this.registry.get("heartbeat.client." + name).tags(tags).counter().count();
	}

	private double gauge(String name) {
		return this.registry.get("heartbeat.client." + name).gauge().value();
	}

	@Test
	void everyMeterIsThereFromTheBeginning() {
		start(settings().autoStartup(false));
		assertThat(new TreeSet<>(this.registry.getMeters().stream().map(ClientMetersTests::text).toList()))
			.containsExactly("heartbeat.client.connect [client=test, outcome=failure]",
					"heartbeat.client.connect [client=test, outcome=success]",
					"heartbeat.client.disconnects [client=test, initiator=client]",
					"heartbeat.client.disconnects [client=test, initiator=heartbeat]",
					"heartbeat.client.disconnects [client=test, initiator=server]",
					"heartbeat.client.disconnects [client=test, initiator=transport]",
					"heartbeat.client.exhausted [client=test]", "heartbeat.client.messages [client=test, direction=in]",
					"heartbeat.client.messages [client=test, direction=out]", "heartbeat.client.open [client=test]",
					"heartbeat.client.pings [client=test]", "heartbeat.client.reconnects [cause=connect, client=test]",
					"heartbeat.client.reconnects [cause=heartbeat, client=test]",
					"heartbeat.client.reconnects [cause=manual, client=test]",
					"heartbeat.client.reconnects [cause=renewal, client=test]",
					"heartbeat.client.reconnects [cause=server, client=test]",
					"heartbeat.client.reconnects [cause=transport, client=test]", "heartbeat.client.rtt [client=test]",
					"heartbeat.client.send.failures [client=test, reason=closed]",
					"heartbeat.client.send.failures [client=test, reason=connection_lost]",
					"heartbeat.client.send.failures [client=test, reason=expired]",
					"heartbeat.client.send.failures [client=test, reason=not_open]",
					"heartbeat.client.send.failures [client=test, reason=queue_full]",
					"heartbeat.client.send.failures [client=test, reason=standby]",
					"heartbeat.client.send.pending [client=test]", "heartbeat.client.subscriptions [client=test]",
					"heartbeat.client.timeouts [client=test]", "heartbeat.client.uptime [client=test]");
		assertThat(this.registry.getMeters())
			.allSatisfy((meter) -> assertThat(meter.getId().getDescription()).isNotBlank());
	}

	private static String text(Meter meter) {
		List<String> tags = meter.getId().getTags().stream().map((tag) -> tag.getKey() + "=" + tag.getValue()).toList();
		return meter.getId().getName() + " " + tags;
	}

	@Test
	void everyMeterCounts() {
		this.network.mode(Mode.REFUSE);
		start(settings().repeatLimit(1));
		this.network.mode(Mode.ACCEPT);
		advanceMillis(2000);
		assertThat(gauge("open")).isEqualTo(1);
		this.client.send("one");
		this.engine.run();
		advanceMillis(15_000);
		assertThat(this.registry.get("heartbeat.client.uptime").timeGauge().value(MILLISECONDS)).isEqualTo(15_000);
		this.engine.holdIo(true);
		this.client.send("two");
		assertThat(gauge("send.pending")).isEqualTo(1);
		this.engine.holdIo(false);
		this.network.answers(false);
		this.network.mode(Mode.REFUSE);
		advanceMillis(27_000);
		this.client.send("too late");
		this.engine.run();
		assertThat(counter("reconnects", "cause", "connect")).isEqualTo(1);
		assertThat(counter("reconnects", "cause", "heartbeat")).isEqualTo(1);
		assertThat(counter("disconnects", "initiator", "heartbeat")).isEqualTo(1);
		assertThat(this.registry.get("heartbeat.client.connect").tag("outcome", "success").timer().count()).isOne();
		assertThat(this.registry.get("heartbeat.client.connect").tag("outcome", "failure").timer().count())
			.isEqualTo(2);
		assertThat(counter("pings")).isEqualTo(2);
		assertThat(this.registry.get("heartbeat.client.rtt").timer().count()).isOne();
		assertThat(counter("timeouts")).isEqualTo(1);
		assertThat(counter("messages", "direction", "in")).isEqualTo(3);
		assertThat(counter("messages", "direction", "out")).isEqualTo(2);
		assertThat(counter("send.failures", "reason", "closed")).isEqualTo(1);
		assertThat(counter("exhausted")).isEqualTo(1);
		assertThat(gauge("open")).isZero();
		assertThat(gauge("send.pending")).isZero();
		assertThat(this.registry.get("heartbeat.client.uptime").timeGauge().value()).isZero();
	}

	@Test
	void reconnectsAreToldApartByTheirCause() {
		start(settings());
		this.network.lastPeer().close(4000);
		advanceMillis(2000);
		this.network.lastPeer().drop();
		advanceMillis(2000);
		this.client.reconnect();
		this.engine.run();
		assertThat(Stream.of("server", "transport", "manual", "connect", "heartbeat")
			.map((cause) -> counter("reconnects", "cause", cause))).containsExactly(1.0, 1.0, 1.0, 0.0, 0.0);
		assertThat(Stream.of("server", "transport", "client", "heartbeat")
			.map((initiator) -> counter("disconnects", "initiator", initiator))).containsExactly(1.0, 1.0, 1.0, 0.0);
	}

	/**
	 * Clients are added and removed. The counts of their group stay until the last client
	 * is removed.
	 */
	@Test
	void clientsOfAGroupShareTheirMeters() {
		HeartbeatClientObserver first = startInGroup("first");
		HeartbeatClientObserver second = startInGroup("second");
		int meters = this.registry.getMeters().size();
		assertThat(this.registry.getMeters())
			.allSatisfy((meter) -> assertThat(meter.getId().getTag("client")).isEqualTo("fleet"))
			.noneSatisfy((meter) -> assertThat(meter.getId().getName()).endsWith("uptime"));
		assertThat(gauge("open")).isEqualTo(2);
		first.messageReceived();
		second.messageReceived();
		assertThat(counter("messages", "direction", "in")).isEqualTo(2);
		first.removed();
		assertThat(this.registry.getMeters()).hasSize(meters);
		assertThat(gauge("open")).isEqualTo(1);
		second.removed();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void theUptimeDoesNotFollowTheClock() {
		start(settings());
		advanceMillis(1000);
		for (int hours : new int[] { 1, -2 }) {
			this.engine.setClock(Duration.ofHours(hours));
			assertThat(this.registry.get("heartbeat.client.uptime").timeGauge().value(MILLISECONDS)).isEqualTo(1000);
		}
	}

	/**
	 * The new client may be observed before the removal of its predecessor is reported.
	 */
	@Test
	void theUptimeOfAClientThatReplacesAnotherOfItsNameStays() {
		start(settings().autoStartup(false));
		HeartbeatClientObserver old = startUngrouped();
		HeartbeatClientObserver next = startUngrouped();
		advanceMillis(1000);
		old.removed();
		assertThat(this.registry.get("heartbeat.client.uptime").timeGauge().value(MILLISECONDS)).isEqualTo(1000);
		assertThat(gauge("open")).isEqualTo(1);
		next.removed();
		assertThat(this.registry.find("heartbeat.client.pings").tag("client", "test").counter()).isNotNull();
	}

	static Stream<UnaryOperator<MeterRegistry>> registries() {
		return Stream.of((registry) -> registry,
				(registry) -> new CompositeMeterRegistry(Clock.SYSTEM,
						List.of(new CompositeMeterRegistry(Clock.SYSTEM, List.of(registry)))),
				(registry) -> new CompositeMeterRegistry(Clock.SYSTEM, List.of(registry)),
				(registry) -> new CompositeMeterRegistry(Clock.SYSTEM, List.of(registry, withoutTag())));
	}

	private static MeterRegistry withoutTag() {
		MeterRegistry registry = new SimpleMeterRegistry();
		registry.config().meterFilter(MeterFilter.ignoreTags("client"));
		return registry;
	}

	@ParameterizedTest
	@MethodSource("registries")
	void metersThatAFilterMapsToOneAreKeptForAll(UnaryOperator<MeterRegistry> wrapper, CapturedOutput output) {
		MeterRegistry registry = withoutTag();
		MeterRegistry outer = wrapper.apply(registry);
		HeartbeatMeters meters = new HeartbeatMeters(outer);
		List<HeartbeatClientObserver> observers = new ArrayList<>();
		this.observers.clear();
		this.observers.add((client) -> {
			HeartbeatClientObserver observer = meters.observe(client);
			observers.add(observer);
			return observer;
		});
		for (String group : List.of("a", "b", "c")) {
			start(settings().group(group));
		}
		int registered = registry.getMeters().size();
		assertThat(registered).isEqualTo(27);
		assertThat(outer.getMeters()).hasSize(27);
		assertThat(registry.get("heartbeat.client.open").gauge().value()).isEqualTo(3);
		observers.forEach(HeartbeatClientObserver::messageReceived);
		assertThat(registry.get("heartbeat.client.messages").tag("direction", "in").counter().count()).isEqualTo(3);
		observers.get(0).removed();
		assertThat(registry.getMeters()).hasSize(27);
		assertThat(registry.get("heartbeat.client.open").gauge().value()).isEqualTo(2);
		observers.get(1).removed();
		observers.get(2).messageReceived();
		assertThat(registry.get("heartbeat.client.messages").tag("direction", "in").counter().count()).isEqualTo(4);
		observers.get(2).removed();
		assertThat(registry.getMeters()).isEmpty();
		assertThat(outer.getMeters()).isEmpty();
		assertThat(output).doesNotContain("already registered");
	}

	/**
	 * One registry of a composite ignores the name, and the other one does not.
	 */
	@Test
	void metersThatOneRegistryMapsToOneAreKeptThereAndRemovedElsewhere() {
		MeterRegistry merged = withoutTag();
		MeterRegistry separate = new SimpleMeterRegistry();
		HeartbeatMeters meters = new HeartbeatMeters(
				new CompositeMeterRegistry(Clock.SYSTEM, List.of(merged, separate)));
		List<HeartbeatClientObserver> observers = new ArrayList<>();
		this.observers.clear();
		this.observers.add((client) -> {
			HeartbeatClientObserver observer = meters.observe(client);
			observers.add(observer);
			return observer;
		});
		start(settings().group("a"));
		start(settings().group("b"));
		observers.get(0).removed();
		assertThat(merged.getMeters()).hasSize(27);
		assertThat(separate.getMeters()).hasSize(27)
			.allSatisfy((meter) -> assertThat(meter.getId().getTag("client")).isEqualTo("b"));
		observers.get(1).removed();
		assertThat(merged.getMeters()).isEmpty();
		assertThat(separate.getMeters()).isEmpty();
	}

	@Test
	void manyClientsWithoutAGroupAreLoggedOnce(CapturedOutput output) {
		for (int i = 0; i < 500; i++) {
			this.meters.observe(named("client-" + i, null));
			this.meters.observe(named("member-" + i, "fleet"));
		}
		assertThat(output).doesNotContain("Set 'group'");
		this.meters.observe(named("client-500", null));
		this.meters.observe(named("client-501", null));
		assertThat(output).containsOnlyOnce("More than 500 clients have meters of their own");
	}

	private static HeartbeatClient named(String name, @Nullable String group) {
		HeartbeatClientSettings.Builder settings = settings();
		if (group != null) {
			settings.group(group);
		}
		HeartbeatClient client = mock(HeartbeatClient.class);
		given(client.getName()).willReturn(name);
		given(client.getGroup()).willReturn((group != null) ? group : name);
		given(client.getSettings()).willReturn(settings.build());
		return client;
	}

	private HeartbeatClientObserver startUngrouped() {
		HeartbeatClientObserver[] observer = new HeartbeatClientObserver[1];
		this.observers.clear();
		this.observers.add((client) -> observer[0] = this.meters.observe(client));
		start(settings().pingTimeout(Duration.ofMinutes(1)));
		return observer[0];
	}

	@Test
	void everyRegistryHasTheMetersAndLosesThem() {
		MeterRegistry one = new SimpleMeterRegistry();
		MeterRegistry other = new SimpleMeterRegistry();
		HeartbeatMeters meters = new HeartbeatMeters(new CompositeMeterRegistry(Clock.SYSTEM, List.of(one, other)));
		start(settings().autoStartup(false));
		HeartbeatClientObserver observer = meters.observe(this.client);
		assertThat(one.getMeters()).hasSize(28).hasSameSizeAs(other.getMeters());
		observer.removed();
		assertThat(one.getMeters()).isEmpty();
		assertThat(other.getMeters()).isEmpty();
	}

	private HeartbeatClientObserver startInGroup(String name) {
		HeartbeatClientObserver[] observer = new HeartbeatClientObserver[1];
		this.observers.clear();
		this.observers.add((client) -> observer[0] = this.meters.observe(client));
		start(settings().group("fleet").pingTimeout(Duration.ofMinutes(1)));
		return observer[0];
	}

}
