package io.github.heartbeat.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;

/**
 * Meters that are registered once for all who use them and removed with the last of them.
 * Filters of a registry can map the meters of several groups to one, as
 * {@code MeterFilter.ignoreTags("client")} does. To remove the meter of one group would
 * remove it for all, and a gauge would see the clients of the first group only.
 * <p>
 * Filters belong to each registry of a composite, so meters are the same if they are the
 * same in all of them. Not thread-safe.
 */
final class SharedMeters {

	private final MeterRegistry registry;

	private final Map<List<FilteredId>, Shared<?>> meters = new HashMap<>();

	private final Map<FilteredId, Use> uses = new HashMap<>();

	SharedMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Register a meter, or use the one that is registered.
	 * @param type the type of the meter
	 * @param registration registers the meter with a registry, for the clients of a gauge
	 */
	<M extends Meter> Shared<M> register(Class<M> type, Registration<M> registration) {
		List<FilteredId> ids = leaves(this.registry).map((leaf) -> filteredId(leaf, registration)).toList();
		if (ids.isEmpty()) {
			ids = List.of(filteredId(this.registry, registration));
		}
		Shared<?> known = this.meters.get(ids);
		if (known == null) {
			List<Set<HeartbeatClient>> clients = ids.stream().map((id) -> this.uses.get(id).clients()).toList();
			known = new Shared<>(ids, registration.register(this.registry, clients.get(0)), clients);
			this.meters.put(ids, known);
			ids.forEach((id) -> this.uses.computeIfPresent(id, (key, use) -> use.plus(1)));
		}
		known.users++;
		return known.as(type);
	}

	/**
	 * The first registration decides which clients a gauge is about.
	 */
	private FilteredId filteredId(MeterRegistry leaf, Registration<?> registration) {
		Use use = new Use(ConcurrentHashMap.newKeySet(), 0);
		FilteredId id = new FilteredId(leaf, registration.register(leaf, use.clients()).getId());
		this.uses.putIfAbsent(id, use);
		return id;
	}

	private static Stream<MeterRegistry> leaves(MeterRegistry registry) {
		return (registry instanceof CompositeMeterRegistry composite)
				? composite.getRegistries().stream().flatMap(SharedMeters::leaves) : Stream.of(registry);
	}

	/**
	 * Give up a use, and remove the meter with the last one. Where another meter is the
	 * same in one registry of a composite only, it is kept there.
	 */
	void release(Shared<?> shared) {
		shared.users--;
		if (shared.users > 0) {
			return;
		}
		this.meters.remove(shared.ids);
		List<FilteredId> unused = new ArrayList<>(shared.ids);
		unused.removeIf(
				(id) -> this.uses.computeIfPresent(id, (key, use) -> (use.count() > 1) ? use.plus(-1) : null) != null);
		if (unused.size() == shared.ids.size()) {
			this.registry.remove(shared.meter);
		}
		else {
			unused.forEach((id) -> id.registry().remove(id.id()));
		}
	}

	int size() {
		return this.meters.size();
	}

	/**
	 * Registers a meter.
	 *
	 * @param <M> the type of the meter
	 */
	@FunctionalInterface
	interface Registration<M extends Meter> {

		M register(MeterRegistry registry, Set<HeartbeatClient> clients);

		static <M extends Meter> Registration<M> of(Function<MeterRegistry, M> registration) {
			return (registry, clients) -> registration.apply(registry);
		}

	}

	private record FilteredId(MeterRegistry registry, Meter.Id id) {
	}

	/**
	 * How many meters are one meter of a registry, and the clients it is a gauge of.
	 */
	private record Use(Set<HeartbeatClient> clients, int count) {

		Use plus(int change) {
			return new Use(this.clients, this.count + change);
		}

	}

	/**
	 * A registered meter.
	 *
	 * @param <M> the type of the meter
	 */
	static final class Shared<M extends Meter> {

		private final List<FilteredId> ids;

		private final M meter;

		private final List<Set<HeartbeatClient>> clients;

		private int users;

		private Shared(List<FilteredId> ids, M meter, List<Set<HeartbeatClient>> clients) {
			this.ids = ids;
			this.meter = meter;
			this.clients = clients;
		}

		M meter() {
			return this.meter;
		}

		/**
		 * Add a client to those that the gauge is about.
		 */
		void add(HeartbeatClient client) {
			this.clients.forEach((set) -> set.add(client));
		}

		void remove(HeartbeatClient client) {
			this.clients.forEach((set) -> set.remove(client));
		}

		@SuppressWarnings("unchecked")
		private <T extends Meter> Shared<T> as(Class<T> type) {
			type.cast(this.meter);
			return (Shared<T>) this;
		}

	}

}
