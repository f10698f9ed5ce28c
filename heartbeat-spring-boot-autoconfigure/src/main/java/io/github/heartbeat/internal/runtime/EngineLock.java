package io.github.heartbeat.internal.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that can be acquired while the heap is exhausted. {@link ReentrantLock}
 * allocates a node for each waiting thread. Before JDK 21 it throws an
 * {@link OutOfMemoryError} if that allocation fails, which would skip a release of
 * resources that the lock guards.
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
