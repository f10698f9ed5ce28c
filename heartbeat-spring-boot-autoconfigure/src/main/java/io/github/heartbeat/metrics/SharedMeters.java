package io.github.heartbeat.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;

/**
 * Reference-counted meters, which are registered once for all users and removed with the
 * last user. Filters of a registry, such as {@code MeterFilter.ignoreTags("client")}, can
 * map the meters of several groups to one meter. Without counting, removing the meter of
 * one group removes it for all groups, and a gauge covers only the clients of the first
 * group.
 * <p>
 * Each registry of a composite has its own filters, so meters are shared if they are the
 * same in all of its registries. If they are the same in only some of them, these show
 * the gauge of the first group. Not thread-safe.
 */
final class SharedMeters {

	private final MeterRegistry registry;

	private final Map<List<FilteredId>, Shared<?>> meters = new HashMap<>();

	private final Map<FilteredId, Integer> uses = new HashMap<>();

	SharedMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Register a meter, or use the registered one.
	 * @param registration registers the meter; can be called several times
	 */
	<M extends Meter> Shared<M> register(Function<MeterRegistry, M> registration) {
		List<FilteredId> ids = registries()
			.map((registry) -> new FilteredId(registry, registration.apply(registry).getId()))
			.toList();
		return use(ids, (clients) -> registration.apply(this.registry));
	}

	/**
	 * Register a gauge, or use the registered one. A registry logs a gauge that is
	 * registered twice. The result of the filters is therefore taken from another meter.
	 * @param name the name of the gauge
	 * @param like a meter with the same tags
	 * @param registration registers the gauge for a set of clients
	 */
	<M extends Meter> Shared<M> registerGauge(String name, Shared<?> like,
			BiFunction<MeterRegistry, Set<HeartbeatClient>, M> registration) {
		List<FilteredId> ids = like.ids.stream()
			.map((id) -> new FilteredId(id.registry(), id.id().withName(name)))
			.toList();
		return use(ids, (clients) -> registration.apply(this.registry, clients));
	}

	@SuppressWarnings("unchecked")
	private <M extends Meter> Shared<M> use(List<FilteredId> ids, Function<Set<HeartbeatClient>, M> registration) {
		Shared<?> shared = this.meters.get(ids);
		if (shared == null) {
			Set<HeartbeatClient> clients = ConcurrentHashMap.newKeySet();
			shared = new Shared<>(ids, registration.apply(clients), clients);
			this.meters.put(ids, shared);
			ids.forEach((id) -> this.uses.merge(id, 1, Integer::sum));
		}
		shared.users++;
		return (Shared<M>) shared;
	}

	/**
	 * Return the registries whose filters apply: the leaves of a composite.
	 */
	private Stream<MeterRegistry> registries() {
		List<MeterRegistry> leaves = leaves(this.registry).toList();
		return leaves.isEmpty() ? Stream.of(this.registry) : leaves.stream();
	}

	private static Stream<MeterRegistry> leaves(MeterRegistry registry) {
		return (registry instanceof CompositeMeterRegistry composite)
				? composite.getRegistries().stream().flatMap(SharedMeters::leaves) : Stream.of(registry);
	}

	/**
	 * Release a meter, and remove it with the last user. A meter stays in a registry of a
	 * composite in which another shared meter maps to it.
	 */
	void release(Shared<?> shared) {
		shared.users--;
		if (shared.users > 0) {
			return;
		}
		this.meters.remove(shared.ids);
		List<FilteredId> unused = new ArrayList<>(shared.ids);
		unused.removeIf((id) -> this.uses.computeIfPresent(id, (key, uses) -> (uses > 1) ? uses - 1 : null) != null);
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

	private record FilteredId(MeterRegistry registry, Meter.Id id) {
	}

	/**
	 * Registered meter.
	 *
	 * @param <M> the type of the meter
	 */
	static final class Shared<M extends Meter> {

		private final List<FilteredId> ids;

		private final M meter;

		private final Set<HeartbeatClient> clients;

		private int users;

		private Shared(List<FilteredId> ids, M meter, Set<HeartbeatClient> clients) {
			this.ids = ids;
			this.meter = meter;
			this.clients = clients;
		}

		M meter() {
			return this.meter;
		}

		/**
		 * Return the clients that the gauge covers.
		 */
		Set<HeartbeatClient> clients() {
			return this.clients;
		}

	}

}
