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
 * Meters that are registered once for all who use them and removed with the last of them.
 * Filters of a registry can map the meters of several groups to one, as
 * {@code MeterFilter.ignoreTags("client")} does. To remove the meter of one group would
 * remove it for all, and a gauge would be about the clients of the first group only.
 * <p>
 * Filters belong to each registry of a composite, so meters are shared if they are the
 * same in all of its registries. If they are the same in some of them only, those show
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
	 * Register a meter, or use the one that is registered.
	 * @param registration registers the meter, any number of times
	 */
	<M extends Meter> Shared<M> register(Function<MeterRegistry, M> registration) {
		List<FilteredId> ids = registries()
			.map((registry) -> new FilteredId(registry, registration.apply(registry).getId()))
			.toList();
		return use(ids, (clients) -> registration.apply(this.registry));
	}

	/**
	 * Register a gauge, or use the one that is registered. A registry logs a gauge that
	 * is registered twice, so the filters are assumed to treat it as another meter.
	 * @param name the name of the gauge
	 * @param like a meter with the same tags
	 * @param registration registers the gauge of some clients
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
	 * Return the registries that have filters, which are those in a composite.
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
	 * Give up a use, and remove the meter with the last one. Where another meter is the
	 * same in one registry of a composite, it is kept there.
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
	 * A registered meter.
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
		 * Return the clients that the gauge is about.
		 */
		Set<HeartbeatClient> clients() {
			return this.clients;
		}

	}

}
