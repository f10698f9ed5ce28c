package io.github.heartbeat.internal.lease;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The thread that calls the store. Locks of a registry belong to the thread that acquired
 * them, so it is always the same one.
 *
 * @param executor runs the calls
 * @param shutdown interrupts the running call and ends the thread
 */
public record LeaseThread(Executor executor, Runnable shutdown) {

	/**
	 * Return a thread that starts with its first call.
	 */
	public static LeaseThread create() {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("heartbeat-lease-");
		threads.setDaemon(true);
		ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				threads);
		return new LeaseThread(executor, executor::shutdownNow);
	}

}
