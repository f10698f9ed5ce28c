package io.github.heartbeat.internal.runtime;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the tasks that are still queued at shutdown and those submitted later. Among them
 * are completions of futures, which can wait for each other. The number of threads is
 * bounded. Tasks that are stuck at the deadline are interrupted, so that the others can
 * run. Tasks that still remain, behind tasks that ignore their interrupt, are dropped
 * with a warning.
 */
final class ShutdownExecutor implements Executor {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	static final int MAX_THREADS = 64;

	private static final long IDLE_SECONDS = 1;

	private static final int ROUNDS = 3;

	private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

	private final ThreadFactory threadFactory;

	private final ThreadPoolExecutor executor;

	private final long deadlineNanos;

	/**
	 * Create an executor.
	 * @param threadFactory creates the threads
	 * @param deadlineNanos how long tasks may be stuck before they are interrupted
	 */
	ShutdownExecutor(ThreadFactory threadFactory, long deadlineNanos) {
		this.threadFactory = threadFactory;
		this.deadlineNanos = deadlineNanos;
		this.executor = new ThreadPoolExecutor(MAX_THREADS, MAX_THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), this::thread);
		this.executor.allowCoreThreadTimeOut(true);
	}

	private Thread thread(Runnable worker) {
		Thread[] thread = new Thread[1];
		thread[0] = this.threadFactory.newThread(() -> {
			try {
				worker.run();
			}
			finally {
				this.threads.remove(thread[0]);
			}
		});
		this.threads.add(thread[0]);
		return thread[0];
	}

	@Override
	public void execute(Runnable task) {
		this.executor.execute(task);
	}

	/**
	 * Run the tasks. Returns immediately.
	 */
	void executeAll(List<Runnable> tasks) {
		if (tasks.isEmpty()) {
			return;
		}
		this.executor.getQueue().addAll(tasks);
		for (int i = 0; i < Math.min(tasks.size(), MAX_THREADS); i++) {
			this.executor.prestartCoreThread();
		}
		this.threadFactory.newThread(this::awaitDeadlines).start();
	}

	private void awaitDeadlines() {
		for (int round = 1; round <= ROUNDS; round++) {
			if (awaitIdle()) {
				return;
			}
			this.threads.forEach(Thread::interrupt);
		}
		int left = this.executor.getQueue().size();
		this.executor.getQueue().clear();
		if (left > 0) {
			logger.warn("Dropped " + left + " tasks at shutdown, such as completions of futures, because " + MAX_THREADS
					+ " other tasks are stuck and ignore their interrupt");
		}
	}

	/**
	 * Wait until no task is queued or running, or until the deadline.
	 */
	private boolean awaitIdle() {
		for (long left = this.deadlineNanos; left > 0; left -= CHECK_NANOS) {
			if (this.executor.getQueue().isEmpty() && this.executor.getActiveCount() == 0) {
				return true;
			}
			LockSupport.parkNanos(CHECK_NANOS);
		}
		return false;
	}

}
