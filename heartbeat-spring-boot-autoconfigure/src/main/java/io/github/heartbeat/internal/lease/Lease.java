package io.github.heartbeat.internal.lease;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Fence;
import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import io.github.heartbeat.leader.HeartbeatLeases;
import org.jspecify.annotations.Nullable;

/**
 * The lease of one lock, as this replica sees it. All clients with this lock are its
 * members. While members contend, the store thread tries to acquire the lease, and renews
 * it. It goes back when no member contends and no connection of a member is left.
 * <p>
 * A lease is valid until {@code t + lease - margin}, where {@code t} is the time before
 * the call that acquired or renewed it. So it ends here before it can begin elsewhere,
 * however long the call took. Elapsed time is the larger of the elapsed time of the
 * ticker and of the time of day, because a suspended computer stops the first.
 */
public final class Lease implements Fence {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	/**
	 * How often the time of day is compared, at most. Reading it costs more than a check.
	 */
	private static final long WALL_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	/** The longest interval between two comparisons of the time of day. */
	private static final long MAX_FENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final double JITTER = 0.2;

	private final EngineLock lock = new EngineLock();

	private final String name;

	private final LeaseTimes times;

	private final LeaseManager manager;

	private final EngineResources resources;

	@GuardedBy("lock")
	private final Set<LeaseMember> contending = new LinkedHashSet<>();

	/**
	 * Members that may not connect any more, but may have a connection, with the number
	 * of their departure.
	 */
	@GuardedBy("lock")
	private final Map<LeaseMember, Long> leaving = new LinkedHashMap<>();

	@GuardedBy("lock")
	private long departures;

	/** The lease, as of the last answer of the store. Written under the lock. */
	private volatile @Nullable HeartbeatLease held;

	/** Written under the lock. */
	private volatile @Nullable Validity validity;

	/** Read and written without a lock: a lost write costs one more comparison. */
	private long wallCheckedAt;

	/** Why the lease goes back, or {@code null} if it does not. */
	@GuardedBy("lock")
	private @Nullable HeartbeatLeaseLostReason yielding;

	/** The delay before the next attempt to acquire the lease after it went back. */
	@GuardedBy("lock")
	private long pauseNanos;

	@GuardedBy("lock")
	private boolean releaseDue;

	/** When the next call is due, or {@code null} if none is. */
	@GuardedBy("lock")
	private @Nullable Long dueAt;

	/**
	 * When the last call began, if it was an attempt to acquire the lease that failed, or
	 * {@code null}.
	 */
	@GuardedBy("lock")
	private @Nullable Long refusedAt;

	/** How often a lease in a row went back because no member opened. */
	@GuardedBy("lock")
	private int giveUps;

	/** When the first call began that was not answered, or {@code null}. */
	private volatile @Nullable Long silentSince;

	private volatile @Nullable String error;

	@GuardedBy("lock")
	private boolean errorLogged;

	Lease(String name, LeaseTimes times, LeaseManager manager, EngineResources resources) {
		this.name = name;
		this.times = times;
		this.manager = manager;
		this.resources = resources;
	}

	LeaseTimes times() {
		return this.times;
	}

	String name() {
		return this.name;
	}

	@Override
	public boolean isPassed(long now) {
		Validity validity = this.validity;
		if (validity == null || now - validity.until() >= 0) {
			return true;
		}
		return now - this.wallCheckedAt >= WALL_CHECK_NANOS && isWallPassed(validity, now);
	}

	private boolean isWallPassed(Validity validity, long now) {
		this.wallCheckedAt = now;
		return wallMillis() >= validity.wallUntilMillis();
	}

	private long wallMillis() {
		return this.resources.ticker().now().toEpochMilli();
	}

	/**
	 * Return the lease, or {@code null} while it is not valid.
	 */
	public @Nullable HeartbeatLease current() {
		return isPassed(this.resources.ticker().nanoTime()) ? null : this.held;
	}

	/**
	 * A member wants to connect.
	 * @return the lease if it is held, or {@code null} if the member is told later
	 */
	public @Nullable HeartbeatLease contend(LeaseMember member) {
		this.lock.lock();
		try {
			this.contending.add(member);
			if (this.held != null) {
				return (this.yielding == null && !this.releaseDue) ? current() : null;
			}
			if (this.dueAt == null) {
				this.dueAt = now() + (long) (this.resources.random().getAsDouble() * pollNanos());
			}
		}
		finally {
			this.lock.unlock();
		}
		this.manager.arm();
		return null;
	}

	/**
	 * A member does not want to connect any more. It calls {@link #vacated} when its
	 * connection has gone.
	 * @return the number to call it with
	 */
	public long withdraw(LeaseMember member) {
		this.lock.lock();
		try {
			if (this.contending.remove(member)) {
				this.leaving.put(member, ++this.departures);
			}
			return this.leaving.getOrDefault(member, this.departures);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The connection of a member that does not contend, or whose lease goes back, has
	 * gone, and its last hook has ended. Nothing happens if the member has contended and
	 * left again meanwhile.
	 * @param departure the number of its departure
	 */
	public void vacated(LeaseMember member, long departure) {
		this.lock.lock();
		try {
			if (!this.leaving.remove(member, departure)) {
				return;
			}
			releaseIfVacated();
		}
		finally {
			this.lock.unlock();
		}
		this.manager.arm();
	}

	@GuardedBy("lock")
	private void releaseIfVacated() {
		if (!this.leaving.isEmpty() || (this.yielding == null && !this.contending.isEmpty())) {
			return;
		}
		if (this.held != null) {
			this.releaseDue = true;
			this.dueAt = now();
		}
		else {
			this.yielding = null;
			if (this.contending.isEmpty()) {
				this.dueAt = null;
			}
		}
	}

	/**
	 * Give the lease back as soon as the connections of all members have gone, and
	 * contend again later. Nothing happens if it is not held.
	 */
	public void handOver(HeartbeatLeaseLostReason reason) {
		List<LeaseMember> members;
		long departure;
		this.lock.lock();
		try {
			if (this.held == null || this.yielding != null) {
				return;
			}
			this.yielding = reason;
			boolean gaveUp = reason == HeartbeatLeaseLostReason.GAVE_UP;
			this.pauseNanos = (long) Math.min(this.times.lease().toNanos(),
					Math.scalb(2.0 * pollNanos(), gaveUp ? this.giveUps : 0));
			this.giveUps = gaveUp ? Math.min(this.giveUps + 1, 16) : this.giveUps;
			members = List.copyOf(this.contending);
			departure = ++this.departures;
			for (LeaseMember member : members) {
				this.leaving.put(member, departure);
			}
		}
		finally {
			this.lock.unlock();
		}
		for (LeaseMember member : members) {
			member.leaseYielded(reason, departure);
		}
	}

	/**
	 * A member has opened.
	 */
	public void opened() {
		this.lock.lock();
		try {
			this.giveUps = 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Try to acquire the lease now, unless it is held.
	 */
	public void poll() {
		this.lock.lock();
		try {
			if (this.held != null || this.contending.isEmpty()) {
				return;
			}
			this.dueAt = now();
		}
		finally {
			this.lock.unlock();
		}
		this.manager.arm();
	}

	public LeaseStatus status() {
		this.lock.lock();
		try {
			Validity validity = this.validity;
			return new LeaseStatus(this.name, (validity != null) ? this.held : null,
					(validity != null) ? Long.valueOf(validity.until()) : null,
					(validity != null) ? Long.valueOf(validity.renewedAt()) : null, this.silentSince, this.error);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the store thread has nothing to do for this lease, now or later.
	 */
	boolean isIdle() {
		this.lock.lock();
		try {
			return this.held == null && this.contending.isEmpty() && this.leaving.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isHeld() {
		return this.held != null;
	}

	/**
	 * Return the next call, or {@code null} if none is due, now or later.
	 */
	@Nullable Due due() {
		this.lock.lock();
		try {
			Long dueAt = this.dueAt;
			return (dueAt != null) ? new Due(this, dueAt, this.held == null, this.refusedAt) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Postpone an attempt to acquire the lease, because this replica holds enough leases.
	 */
	void postpone() {
		this.lock.lock();
		try {
			if (this.held == null && this.dueAt != null) {
				this.dueAt = nextPoll();
				this.refusedAt = null;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Make the call that is due. Called by the store thread.
	 */
	void call(HeartbeatLeases store) {
		boolean release;
		boolean renew;
		this.lock.lock();
		try {
			release = this.releaseDue;
			renew = this.held != null;
			if (!renew && this.contending.isEmpty()) {
				this.dueAt = null;
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (release) {
			release(store);
		}
		else if (renew) {
			renew(store);
		}
		else {
			acquire(store);
		}
	}

	private void acquire(HeartbeatLeases store) {
		long wall = wallMillis();
		long begin = begins();
		HeartbeatLease lease = null;
		try {
			lease = store.acquire(this.name, this.times.lease());
			answered("acquire", (lease != null) ? "kept" : "refused", begin);
		}
		catch (Throwable ex) {
			failed("acquire", begin, ex);
			warnOnce("acquire", ex);
		}
		boolean unwanted;
		this.lock.lock();
		try {
			unwanted = lease != null && this.contending.isEmpty();
			this.held = lease;
			this.releaseDue = unwanted;
			this.refusedAt = (lease != null) ? null : Long.valueOf(begin);
			if (unwanted) {
				this.dueAt = begin;
			}
			else if (lease != null) {
				this.dueAt = begin + this.times.renewInterval().toNanos();
			}
			else if (this.dueAt == null || this.dueAt - begin <= 0) {
				this.dueAt = nextPoll();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (lease != null && !unwanted) {
			grant(lease, begin, wall);
		}
	}

	private void renew(HeartbeatLeases store) {
		long wall = wallMillis();
		long begin = begins();
		boolean renewed;
		try {
			renewed = store.renew(this.name, this.times.lease());
			answered("renew", renewed ? "kept" : "refused", begin);
		}
		catch (Throwable ex) {
			failed("renew", begin, ex);
			warnOnce("renew", ex);
			this.lock.lock();
			try {
				this.dueAt = now() + pollNanos();
			}
			finally {
				this.lock.unlock();
			}
			return;
		}
		HeartbeatLease lease = this.held;
		if (renewed && lease != null) {
			this.lock.lock();
			try {
				if (!this.releaseDue) {
					this.dueAt = begin + this.times.renewInterval().toNanos();
				}
			}
			finally {
				this.lock.unlock();
			}
			grant(lease, begin, wall);
			return;
		}
		this.lock.lock();
		try {
			this.held = null;
			this.releaseDue = false;
			this.yielding = null;
			this.dueAt = this.contending.isEmpty() ? null : nextPoll();
		}
		finally {
			this.lock.unlock();
		}
		expire(HeartbeatLeaseLostReason.TAKEN);
	}

	/**
	 * The lease can begin elsewhere before the call returns, so it ends here before.
	 */
	private void release(HeartbeatLeases store) {
		endBeforeRelease();
		long begin = begins();
		try {
			store.release(this.name);
			answered("release", "kept", begin);
		}
		catch (Throwable ex) {
			failed("release", begin, ex);
			logger.warn("Lease '" + this.name + "' was not released (the store failed with " + ex.getClass().getName()
					+ "); it ends by itself after " + this.times.lease().toSeconds() + " s at most");
		}
		this.lock.lock();
		try {
			this.held = null;
			this.releaseDue = false;
			boolean yielded = this.yielding != null;
			this.yielding = null;
			this.dueAt = !this.contending.isEmpty() ? (yielded ? now() + this.pauseNanos : nextPoll()) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void endBeforeRelease() {
		this.lock.lock();
		try {
			this.validity = null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The store has granted or renewed the lease.
	 * @param begin when the call began
	 * @param wall the time of day then
	 */
	private void grant(HeartbeatLease lease, long begin, long wall) {
		long valid = this.times.lease().minus(this.times.margin()).toNanos();
		Validity next = new Validity(begin + valid, wall + TimeUnit.NANOSECONDS.toMillis(valid), begin);
		if (isPassed(now())) {
			expire(HeartbeatLeaseLostReason.FENCED);
		}
		List<LeaseMember> members = List.of();
		this.lock.lock();
		try {
			if (now() - next.until() >= 0) {
				this.dueAt = now();
				return;
			}
			this.validity = next;
			this.errorLogged = false;
			if (this.yielding == null && !this.releaseDue) {
				members = List.copyOf(this.contending);
			}
		}
		finally {
			this.lock.unlock();
		}
		armFence(next);
		for (LeaseMember member : members) {
			member.leaseGranted(lease);
		}
	}

	private void armFence(Validity validity) {
		long left = Math.max(0, Math.min(validity.until() - now(), MAX_FENCE_NANOS));
		this.resources.timer().schedule(() -> checkFence(validity), left);
	}

	/**
	 * Runs on the timer, so that a store that does not answer cannot delay it.
	 */
	private void checkFence(Validity validity) {
		if (this.validity != validity) {
			return;
		}
		if (hasEnded(validity)) {
			expire(HeartbeatLeaseLostReason.FENCED);
		}
		else {
			armFence(validity);
		}
	}

	private boolean hasEnded(Validity validity) {
		return now() - validity.until() >= 0 || wallMillis() >= validity.wallUntilMillis();
	}

	/**
	 * End the lease here if it has ended, in case the timer lost the task.
	 */
	void check() {
		Validity validity = this.validity;
		if (validity != null && hasEnded(validity)) {
			expire(HeartbeatLeaseLostReason.FENCED);
		}
	}

	private void expire(HeartbeatLeaseLostReason reason) {
		List<LeaseMember> members;
		this.lock.lock();
		try {
			if (this.validity == null) {
				return;
			}
			this.validity = null;
			members = members();
		}
		finally {
			this.lock.unlock();
		}
		if (!members.isEmpty()) {
			log(reason);
		}
		for (LeaseMember member : members) {
			member.leaseExpired(reason);
		}
	}

	/**
	 * Return all members that may have a connection.
	 */
	@GuardedBy("lock")
	private List<LeaseMember> members() {
		Set<LeaseMember> all = new LinkedHashSet<>(this.contending);
		all.addAll(this.leaving.keySet());
		return List.copyOf(all);
	}

	private void log(HeartbeatLeaseLostReason reason) {
		if (reason == HeartbeatLeaseLostReason.TAKEN) {
			logger.warn("Lease '" + this.name + "' is held by another replica; its connections are closed");
			return;
		}
		String error = this.error;
		logger.warn("Lease '" + this.name + "' was not renewed in time"
				+ ((error != null) ? " (the store failed with " + error + ")" : "") + "; its connections are closed");
	}

	private long begins() {
		long begin = now();
		if (this.silentSince == null) {
			this.silentSince = begin;
		}
		return begin;
	}

	private void answered(String verb, String outcome, long begin) {
		this.silentSince = null;
		this.error = null;
		report(verb, outcome, begin);
	}

	private void failed(String verb, long begin, Throwable failure) {
		this.error = failure.getClass().getName();
		logger.debug("Failed to " + verb + " lease '" + this.name + "'", failure);
		report(verb, "error", begin);
	}

	/**
	 * Warn about the first of several failures in a row.
	 */
	private void warnOnce(String verb, Throwable failure) {
		boolean log;
		this.lock.lock();
		try {
			log = !this.errorLogged && !this.contending.isEmpty();
			this.errorLogged = this.errorLogged || log;
		}
		finally {
			this.lock.unlock();
		}
		if (log) {
			logger.warn("The store of lease '" + this.name + "' failed to " + verb + " it with "
					+ failure.getClass().getName() + "; retrying");
		}
	}

	private void report(String verb, String outcome, long begin) {
		long nanos = now() - begin;
		List<LeaseMember> members;
		this.lock.lock();
		try {
			members = members();
		}
		finally {
			this.lock.unlock();
		}
		members.forEach((member) -> member.storeCalled(verb, outcome, nanos));
	}

	private long pollNanos() {
		return this.times.pollInterval().toNanos();
	}

	/**
	 * A replica that holds more leases waits longer, so that the others come first.
	 */
	private long nextPoll() {
		double factor = 1 + JITTER * (2 * this.resources.random().getAsDouble() - 1);
		return now() + (long) (factor * pollNanos()) + this.manager.spreadNanos();
	}

	private long now() {
		return this.resources.ticker().nanoTime();
	}

	/**
	 * A call that is due.
	 *
	 * @param poll whether it tries to acquire the lease
	 * @param refusedAt when the last such attempt began, if it failed
	 */
	record Due(Lease lease, long at, boolean poll, @Nullable Long refusedAt) {

		Due at(long time) {
			return new Due(this.lease, time, this.poll, this.refusedAt);
		}

		Due notBefore(long time) {
			return (this.at - time < 0) ? at(time) : this;
		}

	}

	/**
	 * How long a lease is valid.
	 *
	 * @param until its end, in the time of the ticker
	 * @param wallUntilMillis its end, in milliseconds of the time of day
	 * @param renewedAt when the call began that acquired or renewed it
	 */
	private record Validity(long until, long wallUntilMillis, long renewedAt) {

	}

}
