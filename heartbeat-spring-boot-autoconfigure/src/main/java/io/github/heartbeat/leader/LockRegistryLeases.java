package io.github.heartbeat.leader;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Lock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.integration.support.locks.RenewableLockRegistry;

/**
 * Leases that are locks of a {@link RenewableLockRegistry}, for example in a database or
 * in Redis. The locks belong to the thread that calls the methods. Leases have no fencing
 * token.
 *
 * @since 0.1.0
 */
public final class LockRegistryLeases implements HeartbeatLeases {

	private static final Log logger = LogFactory.getLog(LockRegistryLeases.class);

	private final RenewableLockRegistry<?> registry;

	private final String holder = host() + "-" + UUID.randomUUID();

	private final InstantSource clock = InstantSource.system();

	/** The locks that this thread has locked. Each is locked once. */
	private final Map<String, Lock> locked = new HashMap<>();

	/**
	 * Create leases.
	 * @param registry the registry, whose locks must be {@linkplain DistributedLock
	 * distributed locks}
	 */
	public LockRegistryLeases(RenewableLockRegistry<?> registry) {
		this.registry = registry;
	}

	private static String host() {
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			logger.debug("The name of this host is unknown", ex);
			return "unknown";
		}
	}

	@Override
	public @Nullable HeartbeatLease acquire(String name, Duration lease) throws InterruptedException {
		unlockQuietly(name);
		Lock lock = this.registry.obtain(name);
		if (!tryLock(lock, lease)) {
			return null;
		}
		this.locked.put(name, lock);
		return HeartbeatLease.of(name, this.holder, this.clock.instant());
	}

	/**
	 * Another lock would live as long as its registry says, and not as long as the lease.
	 */
	private static boolean tryLock(Lock lock, Duration lease) throws InterruptedException {
		if (lock instanceof DistributedLock distributed) {
			return distributed.tryLock(Duration.ZERO, lease);
		}
		throw new IllegalStateException(
				"A lock of type " + lock.getClass().getName() + " has no time to live; a DistributedLock is required");
	}

	/**
	 * Registries report with an {@link IllegalStateException} that the lock was lost, but
	 * clients of a store use this exception too, for example while they are stopped. The
	 * unlock tells which it is.
	 */
	@Override
	public boolean renew(String name, Duration lease) {
		try {
			this.registry.renewLock(name, lease);
			return true;
		}
		catch (IllegalMonitorStateException ex) {
			logger.debug("Lock '" + name + "' is not held by this thread", ex);
			this.locked.remove(name);
			return false;
		}
		catch (IllegalStateException ex) {
			giveBack(name, ex);
			return false;
		}
	}

	private void giveBack(String name, IllegalStateException failure) {
		try {
			release(name);
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
			throw failure;
		}
	}

	@Override
	public void release(String name) {
		Lock lock = this.locked.get(name);
		if (lock == null) {
			return;
		}
		try {
			lock.unlock();
		}
		catch (ConcurrentModificationException | IllegalMonitorStateException ex) {
			logger.debug("Lock '" + name + "' was not held any more", ex);
		}
		this.locked.remove(name);
	}

	/**
	 * Locks are re-entrant: a lock that was lost stays locked in this process.
	 */
	private void unlockQuietly(String name) {
		try {
			release(name);
		}
		catch (RuntimeException ex) {
			logger.debug("Lock '" + name + "' could not be unlocked", ex);
			this.locked.remove(name);
		}
	}

}
