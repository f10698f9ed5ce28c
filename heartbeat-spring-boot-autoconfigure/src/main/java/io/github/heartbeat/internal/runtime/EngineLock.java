package io.github.heartbeat.internal.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that can be acquired while the heap is exhausted. {@link ReentrantLock}
 * allocates for each thread that waits and, before JDK 21, throws an
 * {@link OutOfMemoryError} where that fails, which would skip the release of whatever the
 * lock guards.
 */
public final class EngineLock extends ReentrantLock {

	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	@Override
	public void lock() {
		try {
			super.lock();
		}
		catch (OutOfMemoryError ex) {
			while (!tryLock()) {
				LockSupport.parkNanos(RETRY_NANOS);
			}
		}
	}

}
