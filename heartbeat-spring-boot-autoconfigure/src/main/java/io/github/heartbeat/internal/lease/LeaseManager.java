package io.github.heartbeat.internal.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.lease.Lease.Due;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Timer;
import io.github.heartbeat.leader.HeartbeatLeases;
import org.jspecify.annotations.Nullable;

/**
 * All leases of an application, and the one thread that calls their store. Releases and
 * renewals come first. Attempts to acquire a lease take at most half of the time of the
 * thread, unless one takes longer than its poll interval or follows an acquisition.
 * Nothing else ever waits for it. Without a led client there is no thread and no call.
 */
public final class LeaseManager {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	/** Sums of a few of these do not overflow. */
	private static final long MAX_SPREAD_NANOS = TimeUnit.DAYS.toNanos(3650);

	private final EngineLock lock = new EngineLock();

	private final LeaseOptions options;

	private final LeaseThread thread;

	private final EngineResources resources;

	@GuardedBy("lock")
	private final Map<String, Users> leases = new HashMap<>();

	/** Written under the lock. */
	private volatile List<Lease> all = List.of();

	/** The shortest poll interval of all leases. Written under the lock. */
	private volatile long shortestPollNanos;

	@GuardedBy("lock")
	private @Nullable HeartbeatLeases store;

	@GuardedBy("lock")
	private Timer.@Nullable Timeout timeout;

	@GuardedBy("lock")
	private long armedFor;

	@GuardedBy("lock")
	private final List<Runnable> onReleased = new ArrayList<>();

	@GuardedBy("lock")
	private boolean closed;

	private final AtomicBoolean running = new AtomicBoolean();

	/** When the running call began, or {@code null}. */
	private volatile @Nullable Long callSince;

	private volatile boolean callLogged;

	/** When the next attempt to acquire a lease may begin. */
	private volatile long pollsFrom;

	/** The last acquisitions, or {@code null} if there was none. */
	private volatile @Nullable Acquisitions acquisitions;

	/**
	 * Create a manager.
	 * @param thread calls the store
	 */
	public LeaseManager(LeaseOptions options, LeaseThread thread, EngineResources resources) {
		this.options = options;
		this.thread = thread;
		this.resources = resources;
		this.pollsFrom = resources.ticker().nanoTime();
	}

	/**
	 * Return the lease of a lock for one more client, which calls {@link #leave} in the
	 * end.
	 * @throws LeaseStoreException if there is no store
	 * @throws InvalidHeartbeatSettingException if another client uses the lock with other
	 * times
	 */
	public Lease join(String clientName, String lockName, LeaseTimes times) {
		HeartbeatLeases store = this.options.leases().get();
		this.lock.lock();
		try {
			this.store = store;
			Users users = this.leases.computeIfAbsent(lockName,
					(name) -> new Users(new Lease(this.options.prefix() + "." + name, times, this, this.resources)));
			checkTimes(users, lockName, times);
			users.clients.add(clientName);
			usersChanged();
			return users.lease;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The other times follow from the length of the lease unless they are set, so they
	 * are compared only if it is the same.
	 */
	private static void checkTimes(Users users, String lockName, LeaseTimes times) {
		LeaseTimes used = users.lease.times();
		List<InvalidHeartbeatSettingException> failures = new ArrayList<>();
		BiConsumer<String, Function<LeaseTimes, Duration>> check = (key, time) -> {
			if (!time.apply(times).equals(time.apply(used))) {
				failures.add(new InvalidHeartbeatSettingException(key, time.apply(times).toMillis() + "ms",
						"differs from " + time.apply(used).toMillis() + "ms of " + users.name()
								+ ", and both have the lock '" + lockName + "'",
						"Use the same times for all clients with the lock, or another 'leader.lock'."));
			}
		};
		check.accept("leader.lease", LeaseTimes::lease);
		if (failures.isEmpty()) {
			check.accept("leader.margin", LeaseTimes::margin);
			check.accept("leader.renew-interval", LeaseTimes::renewInterval);
			check.accept("leader.poll-interval", LeaseTimes::pollInterval);
		}
		if (!failures.isEmpty()) {
			InvalidHeartbeatSettingException first = failures.get(0);
			failures.stream().skip(1).forEach(first::addSuppressed);
			throw first;
		}
	}

	/**
	 * A client does not use a lease any more.
	 */
	public void leave(String clientName, Lease lease) {
		this.lock.lock();
		try {
			this.leases.values()
				.stream()
				.filter((users) -> users.lease == lease)
				.forEach((users) -> users.clients.remove(clientName));
			removeUnused();
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void removeUnused() {
		if (this.leases.values().removeIf((users) -> users.clients.isEmpty() && users.lease.isIdle())) {
			usersChanged();
		}
	}

	@GuardedBy("lock")
	private void usersChanged() {
		this.all = this.leases.values().stream().map((users) -> users.lease).toList();
		this.shortestPollNanos = this.all.stream()
			.mapToLong((lease) -> lease.times().pollInterval().toNanos())
			.min()
			.orElse(0);
	}

	long spreadNanos() {
		return (long) Math.min(heldCount() * (double) this.options.spread().toNanos(), MAX_SPREAD_NANOS);
	}

	private int heldCount() {
		int held = 0;
		for (Lease lease : this.all) {
			held += lease.isHeld() ? 1 : 0;
		}
		return held;
	}

	/**
	 * Have the store thread make the calls that are due, now or later.
	 */
	void arm() {
		if (this.running.get()) {
			return;
		}
		Due next = next();
		if (next == null) {
			return;
		}
		long left = next.at() - now();
		if (left <= 0) {
			submit();
			return;
		}
		this.lock.lock();
		try {
			if (this.closed || (this.timeout != null && this.armedFor - next.at() <= 0)) {
				return;
			}
			if (this.timeout != null) {
				this.timeout.cancel();
			}
			this.armedFor = next.at();
			this.timeout = this.resources.timer().schedule(this::timedOut, left);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void timedOut() {
		this.lock.lock();
		try {
			this.timeout = null;
		}
		finally {
			this.lock.unlock();
		}
		arm();
	}

	/**
	 * If this fails, {@link #check} retries.
	 */
	private void submit() {
		if (!isClosed() && this.running.compareAndSet(false, true)) {
			boolean submitted = false;
			try {
				this.thread.executor().execute(this::makeCalls);
				submitted = true;
			}
			catch (RuntimeException | Error ex) {
				logger.debug("Failed to submit the calls of the store; retrying at the next check", ex);
			}
			finally {
				if (!submitted) {
					this.running.set(false);
				}
			}
		}
	}

	private void makeCalls() {
		try {
			for (Due due = dueNow(); due != null; due = dueNow()) {
				make(due);
			}
		}
		finally {
			this.running.set(false);
		}
		released();
		arm();
	}

	private @Nullable Due dueNow() {
		if (isClosed()) {
			return null;
		}
		long now = now();
		Due next = next();
		return (next != null && next.at() - now <= 0) ? next : null;
	}

	/**
	 * Return the next call: those that are due, renewals first, else the earliest.
	 */
	private @Nullable Due next() {
		Due poll = null;
		Due other = null;
		for (Lease lease : this.all) {
			Due due = lease.due();
			if (due != null && due.poll()) {
				poll = earlier(hastened(due), poll);
			}
			else if (due != null) {
				other = earlier(due, other);
			}
		}
		if (poll == null || (other != null && other.at() - now() <= 0)) {
			return other;
		}
		return earlier(allowed(poll), other);
	}

	private static Due earlier(Due due, @Nullable Due other) {
		return (other == null || due.at() - other.at() < 0) ? due : other;
	}

	/**
	 * Leases become free together when a replica ends. So after an acquisition each lease
	 * that was refused before is tried again without waiting, in the order of these
	 * attempts, until none of them is free.
	 */
	private Due hastened(Due due) {
		Long refusedAt = due.refusedAt();
		return (refusedAt != null && isHastened(due)) ? due.at(refusedAt) : due;
	}

	private boolean isHastened(Due due) {
		Acquisitions acquisitions = this.acquisitions;
		Long refusedAt = due.refusedAt();
		return acquisitions != null && refusedAt != null && refusedAt - acquisitions.last() < 0;
	}

	/**
	 * Return an attempt to acquire a lease at the time when it may begin. All attempts
	 * are delayed alike, so the earliest one comes first.
	 */
	private Due allowed(Due due) {
		Due allowed = due.notBefore(this.pollsFrom);
		Acquisitions acquisitions = this.acquisitions;
		return (acquisitions != null)
				? allowed.notBefore(acquisitions.nextFrom(heldCount(), this.options.spread(), this.shortestPollNanos))
				: allowed;
	}

	private void make(Due due) {
		if (due.poll() && heldCount() >= this.options.maxHeld()) {
			due.lease().postpone();
			return;
		}
		long begin = now();
		this.callSince = begin;
		try {
			due.lease().call(store());
		}
		finally {
			this.callSince = null;
			this.callLogged = false;
			if (due.poll()) {
				polled(due, begin);
			}
		}
	}

	private void polled(Due due, long begin) {
		long end = now();
		if (due.lease().isHeld()) {
			acquired(end);
		}
		long pauseNanos = Math.min(end - begin, due.lease().times().pollInterval().toNanos());
		this.pollsFrom = isHastened(due) ? end : end + pauseNanos;
	}

	private void acquired(long now) {
		Acquisitions before = this.acquisitions;
		long first = (before != null
				&& before.isFollowed(now, heldCount() - 1, this.options.spread(), this.shortestPollNanos))
						? before.first() : now;
		this.acquisitions = new Acquisitions(first, now);
	}

	private HeartbeatLeases store() {
		this.lock.lock();
		try {
			HeartbeatLeases store = this.store;
			if (store == null) {
				throw new IllegalStateException("No lease was joined");
			}
			return store;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Run an action when no lease is held any more.
	 */
	public void whenReleased(Runnable action) {
		this.lock.lock();
		try {
			this.onReleased.add(action);
		}
		finally {
			this.lock.unlock();
		}
		released();
	}

	private void released() {
		if (this.running.get()) {
			return;
		}
		List<Runnable> actions;
		this.lock.lock();
		try {
			removeUnused();
			if (this.leases.values().stream().anyMatch((users) -> users.lease.isHeld())) {
				return;
			}
			actions = List.copyOf(this.onReleased);
			this.onReleased.clear();
		}
		finally {
			this.lock.unlock();
		}
		actions.forEach(Runnable::run);
	}

	/**
	 * Resume lost work, and warn about a call that takes longer than a lease.
	 */
	public void check() {
		List<Lease> leases = this.all;
		if (leases.isEmpty()) {
			return;
		}
		long limit = 0;
		for (Lease lease : leases) {
			lease.check();
			limit = Math.max(limit, lease.times().lease().toNanos());
		}
		arm();
		Long since = this.callSince;
		if (since != null && !this.callLogged && now() - since > limit) {
			this.callLogged = true;
			logger.warn("The store of the leases has not answered for " + TimeUnit.NANOSECONDS.toSeconds(now() - since)
					+ " s; this replica cannot take over. Set a timeout of its driver that is shorter than the lease");
		}
	}

	/**
	 * Stop calling the store. Leases that are still held end by themselves.
	 */
	public void shutdown() {
		this.lock.lock();
		try {
			this.closed = true;
			if (this.timeout != null) {
				this.timeout.cancel();
			}
		}
		finally {
			this.lock.unlock();
		}
		this.thread.shutdown().run();
	}

	private boolean isClosed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private long now() {
		return this.resources.ticker().nanoTime();
	}

	/**
	 * Acquisitions that follow each other closely, because a replica has ended and its
	 * leases become free. From its first acquisition on, each replica waits
	 * {@link LeaseOptions#spread} for each lease that it holds, except for a few. So the
	 * replica with the fewest leases acquires the next one, and all hold about the same
	 * number in the end. After two poll intervals, the shortest of all leases, nothing
	 * waits any more.
	 *
	 * @param first when the first lease was acquired
	 * @param last when the last lease was acquired
	 */
	private record Acquisitions(long first, long last) {

		private static final int FEW = 10;

		private static final int MAX_POLLS = 2;

		/**
		 * Whether an acquisition belongs to these. They end when there was none for one
		 * poll interval, not counting the wait.
		 */
		boolean isFollowed(long now, int held, Duration spread, long pollNanos) {
			return now - this.last <= pollNanos || now - nextFrom(held, spread, pollNanos) <= pollNanos;
		}

		long nextFrom(int held, Duration spread, long pollNanos) {
			double waitNanos = Math.max(0, held - FEW) * (double) spread.toNanos();
			return this.first + (long) Math.min(waitNanos, (double) MAX_POLLS * pollNanos);
		}

	}

	private static final class Users {

		private final Lease lease;

		/** The names of the clients. */
		private final List<String> clients = new ArrayList<>();

		Users(Lease lease) {
			this.lease = lease;
		}

		/**
		 * The last client can be removed while its lease still goes back.
		 */
		String name() {
			return this.clients.isEmpty() ? "a removed client" : "client '" + this.clients.get(0) + "'";
		}

	}

}
