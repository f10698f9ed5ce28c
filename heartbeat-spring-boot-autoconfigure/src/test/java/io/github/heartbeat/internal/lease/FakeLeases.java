package io.github.heartbeat.internal.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeases;
import io.github.heartbeat.test.internal.ManualEngine;
import org.jspecify.annotations.Nullable;

/**
 * A store of leases on a hand-driven clock. Each replica has its own view of one store. A
 * call can take time, during which timers run, and can fail.
 */
public final class FakeLeases implements HeartbeatLeases {

	private final ManualEngine engine;

	private final String replica;

	private final Map<String, Entry> entries;

	private final List<String> calls = new ArrayList<>();

	private Runnable eachCall = () -> {
	};

	private Duration before = Duration.ZERO;

	private Duration after = Duration.ZERO;

	private @Nullable RuntimeException failure;

	public FakeLeases(ManualEngine engine) {
		this(engine, "a", new HashMap<>());
	}

	private FakeLeases(ManualEngine engine, String replica, Map<String, Entry> entries) {
		this.engine = engine;
		this.replica = replica;
		this.entries = entries;
	}

	/**
	 * Return the same store as another replica sees it.
	 */
	public FakeLeases of(String replica) {
		return new FakeLeases(this.engine, replica, this.entries);
	}

	/**
	 * Let the next call take time before and after the store decides.
	 */
	public void take(Duration before, Duration after) {
		this.before = before;
		this.after = after;
	}

	/**
	 * Run an action in each call, before the store decides.
	 */
	public void onEachCall(Runnable action) {
		this.eachCall = action;
	}

	public List<String> calls() {
		return this.calls;
	}

	public void fail(@Nullable RuntimeException failure) {
		this.failure = failure;
	}

	public @Nullable String holder(String name) {
		Entry entry = this.entries.get(name);
		return (entry != null && entry.until() - this.engine.nanoTime() > 0) ? entry.replica() : null;
	}

	public void steal(String name, Duration lease) {
		this.entries.put(name, new Entry("thief", this.engine.nanoTime() + lease.toNanos()));
	}

	@Override
	public @Nullable HeartbeatLease acquire(String name, Duration lease) {
		begin("acquire");
		String holder = holder(name);
		if (holder == null || holder.equals(this.replica)) {
			this.entries.put(name, new Entry(this.replica, this.engine.nanoTime() + lease.toNanos()));
		}
		pass();
		return (holder == null || holder.equals(this.replica))
				? HeartbeatLease.of(name, this.replica, this.engine.now()) : null;
	}

	@Override
	public boolean renew(String name, Duration lease) {
		begin("renew");
		boolean held = this.replica.equals(holder(name));
		if (held) {
			this.entries.put(name, new Entry(this.replica, this.engine.nanoTime() + lease.toNanos()));
		}
		pass();
		return held;
	}

	@Override
	public void release(String name) {
		begin("release");
		if (this.replica.equals(holder(name))) {
			this.entries.remove(name);
		}
		pass();
	}

	private void begin(String verb) {
		this.calls.add(verb);
		this.eachCall.run();
		Duration before = this.before;
		this.before = Duration.ZERO;
		this.engine.advance(before);
		if (this.failure != null) {
			throw this.failure;
		}
	}

	private void pass() {
		Duration after = this.after;
		this.after = Duration.ZERO;
		this.engine.advance(after);
	}

	private record Entry(String replica, long until) {
	}

}
