package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.internal.lease.Lease;
import io.github.heartbeat.internal.lease.LeaseManager;
import io.github.heartbeat.internal.lease.LeaseMember;
import io.github.heartbeat.internal.lease.LeaseOptions;
import io.github.heartbeat.internal.lease.LeaseThread;
import io.github.heartbeat.internal.lease.LeaseTimes;
import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Fence;
import io.github.heartbeat.internal.runtime.PauseDetector;
import io.github.heartbeat.internal.runtime.SystemTicker;
import io.github.heartbeat.internal.runtime.Ticker;
import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import io.github.heartbeat.leader.HeartbeatLeases;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Measures what a connection does when it receives a message: it reads the time, and
 * checks the lease of a led client.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LeaseFenceBenchmark {

	/**
	 * A client without a lease.
	 */
	@Benchmark
	public boolean withoutLease(Clients clients) {
		return clients.isPassed(null);
	}

	/**
	 * A led client whose lease is valid.
	 */
	@Benchmark
	public boolean withLease(Clients clients) {
		return clients.isPassed(clients.lease);
	}

	/**
	 * A lease that this process holds, with the real clock.
	 */
	@State(Scope.Thread)
	public static class Clients {

		private final Ticker ticker = new SystemTicker();

		private final Deque<Runnable> tasks = new ArrayDeque<>();

		private Lease lease;

		/**
		 * Acquire the lease.
		 */
		@Setup
		public void acquire() {
			EngineResources resources = new EngineResources(this.ticker, (task, delay) -> () -> {
			}, () -> 0, new EngineExecutors(this.tasks::add, this.tasks::add, this.tasks::add, this.tasks::add,
					this.tasks::add, this.tasks::add, this.tasks::add), new PauseDetector(System.nanoTime()), () -> {
					}, () -> {
					});
			LeaseManager manager = new LeaseManager(
					new LeaseOptions(Store::new, "benchmark", Duration.ZERO, Integer.MAX_VALUE),
					new LeaseThread(this.tasks::add, () -> {
					}), resources);
			this.lease = manager.join("client", "lock", new LeaseTimes(Duration.ofHours(10), Duration.ofHours(1),
					Duration.ofHours(3), Duration.ofHours(1)));
			this.lease.contend(new Member());
			this.lease.poll();
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
			if (this.lease.current() == null) {
				throw new IllegalStateException("The lease is not held");
			}
		}

		boolean isPassed(Fence fence) {
			long now = this.ticker.nanoTime();
			return (fence != null && fence.isPassed(now)) || now == 0;
		}

	}

	private static final class Store implements HeartbeatLeases {

		@Override
		public HeartbeatLease acquire(String name, Duration lease) {
			return HeartbeatLease.of(name, "benchmark", Instant.now());
		}

		@Override
		public boolean renew(String name, Duration lease) {
			return true;
		}

		@Override
		public void release(String name) {
		}

	}

	private static final class Member implements LeaseMember {

		@Override
		public void leaseGranted(HeartbeatLease lease) {
		}

		@Override
		public void leaseExpired(HeartbeatLeaseLostReason reason) {
		}

		@Override
		public void leaseYielded(HeartbeatLeaseLostReason reason, long departure) {
		}

		@Override
		public void storeCalled(String verb, String outcome, long nanos) {
		}

	}

}
