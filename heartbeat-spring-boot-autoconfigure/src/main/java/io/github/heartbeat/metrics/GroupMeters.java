package io.github.heartbeat.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.metrics.SharedMeters.Shared;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the clients of one group. All tag values are known in advance and none comes
 * from a peer, so all meters are registered at once.
 */
final class GroupMeters {

	private static final String PREFIX = "heartbeat.client.";

	private static final String CLIENT = "client";

	private final String name;

	private final SharedMeters shared;

	private final Set<HeartbeatClient> clients = new HashSet<>();

	private final Map<HeartbeatClient, Shared<TimeGauge>> uptimes = new HashMap<>();

	private final List<Shared<?>> meters = new ArrayList<>();

	private final List<Shared<Gauge>> gauges = new ArrayList<>();

	private final Counter[] reconnects;

	private final Counter[] disconnects;

	private final Counter[] sendFailures;

	private final Timer connected;

	private final Timer notConnected;

	private final Timer roundTrip;

	private final Counter pings;

	private final Counter timeouts;

	private final Counter messagesIn;

	private final Counter messagesOut;

	private final Counter exhausted;

	private @Nullable LeaseMeters lease;

	/** A meter that has the same tags as the gauges. */
	private final Shared<?> clientTagged;

	GroupMeters(String name, SharedMeters shared) {
		this.name = name;
		this.shared = shared;
		this.reconnects = counters(ReconnectCause.values(), "reconnects", "Reconnect attempts scheduled", "cause");
		this.disconnects = counters(HeartbeatInitiator.values(), "disconnects", "Connections ended", "initiator");
		this.sendFailures = counters(Reason.values(), "send.failures", "Messages not sent", "reason");
		this.connected = connectTimer("success");
		this.notConnected = connectTimer("failure");
		this.roundTrip = registered(Timer.builder(PREFIX + "rtt")
			.description("Time from a written heartbeat to the next received data")
			.tag(CLIENT, name)::register);
		this.pings = counter("pings", "Heartbeats written");
		this.timeouts = counter("timeouts", "Heartbeats not answered in time");
		this.messagesIn = messageCounter("in");
		this.messagesOut = messageCounter("out");
		this.exhausted = counter("exhausted", "Number of times that a client gave up");
		this.clientTagged = this.meters.get(this.meters.size() - 1);
		gauge("open", "Clients that are open", GroupMeters::open);
		gauge("send.pending", "Messages that wait to be written", GroupMeters::pendingSends);
		gauge("subscriptions", "Active subscriptions", GroupMeters::subscriptions);
	}

	/**
	 * Return a counter for each value of a tag, in the order of the values.
	 */
	private Counter[] counters(Enum<?>[] values, String meter, String description, String tag) {
		return Stream.of(values)
			.map((value) -> counter(meter, description,
					(builder) -> builder.tag(tag, value.name().toLowerCase(Locale.ROOT))))
			.toArray(Counter[]::new);
	}

	private Counter messageCounter(String direction) {
		return counter("messages", "Complete messages", (builder) -> builder.tag("direction", direction));
	}

	Counter counter(String meter, String description) {
		return counter(meter, description, Function.identity());
	}

	Counter counter(String meter, String description, Function<Counter.Builder, Counter.Builder> tags) {
		return registered(
				tags.apply(Counter.builder(PREFIX + meter).description(description).tag(CLIENT, this.name))::register);
	}

	private Timer connectTimer(String outcome) {
		return timer("connect", "Connection attempts", (builder) -> builder.tag("outcome", outcome));
	}

	Timer timer(String meter, String description, Function<Timer.Builder, Timer.Builder> tags) {
		return registered(
				tags.apply(Timer.builder(PREFIX + meter).description(description).tag(CLIENT, this.name))::register);
	}

	private void gauge(String meter, String description, ToDoubleFunction<Set<HeartbeatClient>> value) {
		Shared<Gauge> gauge = this.shared.registerGauge(PREFIX + meter, this.clientTagged,
				(registry, clients) -> Gauge.builder(PREFIX + meter, clients, value)
					.description(description)
					.tag(CLIENT, this.name)
					.register(registry));
		this.meters.add(gauge);
		this.gauges.add(gauge);
	}

	private <M extends Meter> M registered(Function<MeterRegistry, M> registration) {
		Shared<M> meter = this.shared.register(registration);
		this.meters.add(meter);
		return meter.meter();
	}

	private static double open(Set<HeartbeatClient> clients) {
		return clients.stream().filter(HeartbeatClient::isOpen).count();
	}

	private static double leaders(Set<HeartbeatClient> clients) {
		return clients.stream().filter(HeartbeatClient::isLeader).count();
	}

	private static double pendingSends(Set<HeartbeatClient> clients) {
		return clients.stream().mapToInt((client) -> client.getSnapshot().pendingSends()).sum();
	}

	private static double subscriptions(Set<HeartbeatClient> clients) {
		return clients.stream().mapToInt((client) -> client.getSnapshot().subscriptions()).sum();
	}

	/**
	 * Add a client.
	 * @return whether the client was added
	 */
	boolean add(HeartbeatClient client) {
		if (!this.clients.add(client)) {
			return false;
		}
		if (this.lease == null && client.getSettings().isLeaderEnabled()) {
			this.lease = new LeaseMeters(this);
			gauge("leader", "Clients whose lease this replica holds", GroupMeters::leaders);
			this.gauges.get(this.gauges.size() - 1).clients().addAll(this.clients);
		}
		this.gauges.forEach((gauge) -> gauge.clients().add(client));
		if (client.getSettings().getGroup() == null) {
			Shared<TimeGauge> uptime = this.shared.registerGauge(PREFIX + "uptime", this.clientTagged,
					(registry, clients) -> TimeGauge
						.builder(PREFIX + "uptime", clients, TimeUnit.MILLISECONDS, GroupMeters::uptimeMillis)
						.description("Time since the connection was opened, or 0 if there is none")
						.tag(CLIENT, client.getName())
						.register(registry));
			uptime.clients().add(client);
			this.uptimes.put(client, uptime);
		}
		return true;
	}

	/**
	 * Return the longest uptime of the clients. There is usually one client. There are
	 * more while a client is replaced by another of the same name, or if a filter ignores
	 * the name.
	 */
	private static double uptimeMillis(Set<HeartbeatClient> clients) {
		return clients.stream()
			.map(HeartbeatClient::getSnapshot)
			.filter((snapshot) -> snapshot.state() == HeartbeatClientState.OPEN)
			.mapToLong((snapshot) -> Duration.between(snapshot.since(), snapshot.taken()).toMillis())
			.max()
			.orElse(0);
	}

	/**
	 * Remove a client, and all meters with the last client.
	 * @return whether the client was removed
	 */
	boolean remove(HeartbeatClient client) {
		if (!this.clients.remove(client)) {
			return false;
		}
		this.gauges.forEach((gauge) -> gauge.clients().remove(client));
		Shared<TimeGauge> uptime = this.uptimes.remove(client);
		if (uptime != null) {
			uptime.clients().remove(client);
			this.shared.release(uptime);
		}
		if (this.clients.isEmpty()) {
			this.meters.forEach(this.shared::release);
		}
		return true;
	}

	boolean isEmpty() {
		return this.clients.isEmpty();
	}

	Counter reconnects(ReconnectCause cause) {
		return this.reconnects[cause.ordinal()];
	}

	Counter disconnects(HeartbeatInitiator initiator) {
		return this.disconnects[initiator.ordinal()];
	}

	Counter sendFailures(Reason reason) {
		return this.sendFailures[reason.ordinal()];
	}

	Timer connect(boolean success) {
		return success ? this.connected : this.notConnected;
	}

	Timer roundTrip() {
		return this.roundTrip;
	}

	Counter pings() {
		return this.pings;
	}

	Counter timeouts() {
		return this.timeouts;
	}

	Counter messagesIn() {
		return this.messagesIn;
	}

	Counter messagesOut() {
		return this.messagesOut;
	}

	/**
	 * Return the meters of leases, or {@code null} if no client is led.
	 */
	@Nullable LeaseMeters lease() {
		return this.lease;
	}

	Counter exhausted() {
		return this.exhausted;
	}

}
