package io.github.heartbeat.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSnapshot;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;

/**
 * The meters of the clients of one group. All values of all tags are known beforehand and
 * none comes from a peer, so every meter is there from the beginning.
 */
final class GroupMeters {

	private static final String PREFIX = "heartbeat.client.";

	private static final String CLIENT = "client";

	private final String name;

	private final MeterRegistry registry;

	private final Set<HeartbeatClient> clients = ConcurrentHashMap.newKeySet();

	private final Map<HeartbeatClient, Meter> uptimes = new HashMap<>();

	private final List<Meter> meters = new ArrayList<>();

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

	GroupMeters(String name, MeterRegistry registry) {
		this.name = name;
		this.registry = registry;
		this.reconnects = counters(ReconnectCause.values(), "reconnects", "Reconnect attempts scheduled", "cause");
		this.disconnects = counters(HeartbeatInitiator.values(), "disconnects", "Connections ended", "initiator");
		this.sendFailures = counters(Reason.values(), "send.failures", "Messages not sent", "reason");
		this.connected = connectTimer("success");
		this.notConnected = connectTimer("failure");
		this.roundTrip = registered(Timer.builder(PREFIX + "rtt")
			.description("Time from a heartbeat written to the next receipt")
			.tag(CLIENT, name)
			.register(registry));
		this.pings = counter("pings", "Heartbeats written");
		this.timeouts = counter("timeouts", "Heartbeats not answered in time");
		this.messagesIn = messageCounter("in");
		this.messagesOut = messageCounter("out");
		this.exhausted = counter("exhausted", "Times a client gave up");
		registered(Gauge.builder(PREFIX + "open", this.clients, GroupMeters::open)
			.description("Clients that are open")
			.tag(CLIENT, name)
			.register(registry));
		registered(Gauge.builder(PREFIX + "send.pending", this.clients, GroupMeters::pendingSends)
			.description("Messages that wait to be written")
			.tag(CLIENT, name)
			.register(registry));
	}

	/**
	 * Return a counter for each value of a tag, at its ordinal.
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

	private Counter counter(String meter, String description) {
		return counter(meter, description, Function.identity());
	}

	private Counter counter(String meter, String description, Function<Counter.Builder, Counter.Builder> tags) {
		return registered(tags.apply(Counter.builder(PREFIX + meter).description(description).tag(CLIENT, this.name))
			.register(this.registry));
	}

	private Timer connectTimer(String outcome) {
		return registered(Timer.builder(PREFIX + "connect")
			.description("Connection attempts")
			.tag(CLIENT, this.name)
			.tag("outcome", outcome)
			.register(this.registry));
	}

	private <M extends Meter> M registered(M meter) {
		this.meters.add(meter);
		return meter;
	}

	private static double open(Set<HeartbeatClient> clients) {
		return clients.stream().filter(HeartbeatClient::isOpen).count();
	}

	private static double pendingSends(Set<HeartbeatClient> clients) {
		return clients.stream().mapToInt((client) -> client.getSnapshot().pendingSends()).sum();
	}

	void add(HeartbeatClient client) {
		this.clients.add(client);
		if (client.getSettings().getGroup() == null) {
			this.uptimes.put(client,
					TimeGauge.builder(PREFIX + "uptime", client, TimeUnit.MILLISECONDS, this::uptimeMillis)
						.description("Time since the connection was opened, or 0 without one")
						.tag(CLIENT, client.getName())
						.register(this.registry));
		}
	}

	private double uptimeMillis(HeartbeatClient client) {
		HeartbeatClientSnapshot snapshot = client.getSnapshot();
		return (snapshot.state() == HeartbeatClientState.OPEN)
				? snapshot.taken().toEpochMilli() - snapshot.since().toEpochMilli() : 0;
	}

	/**
	 * Remove a client, and all meters with the last one.
	 * @return whether it was the last one
	 */
	boolean remove(HeartbeatClient client) {
		this.clients.remove(client);
		Meter uptime = this.uptimes.remove(client);
		if (uptime != null) {
			this.registry.remove(uptime);
		}
		if (!this.clients.isEmpty()) {
			return false;
		}
		this.meters.forEach(this.registry::remove);
		return true;
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

	Counter exhausted() {
		return this.exhausted;
	}

}
