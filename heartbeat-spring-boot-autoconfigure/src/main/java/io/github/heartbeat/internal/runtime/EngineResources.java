package io.github.heartbeat.internal.runtime;

import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Time, randomness and threads that all clients share. They are not beans, so that they
 * do not affect the executors and schedulers of the application.
 */
public final class EngineResources {

	private static final EngineLog logger = EngineLog.of(EngineResources.class);

	private static final long IDLE_THREAD_SECONDS = 5;

	private static final int PROCESSORS = Math.max(2, Runtime.getRuntime().availableProcessors());

	/** Interval between checks of the invariants of clients and threads. */
	public static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(3);

	/** Interval between checks while an invariant is violated. */
	private static final long RECHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** How long a task may be stuck at shutdown before it is interrupted. */
	private static final long SHUTDOWN_NANOS = TimeUnit.SECONDS.toNanos(2);

	static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	/** Shorter delays are not aligned to a tick. */
	private static final long MIN_ALIGNED_NANOS = 20 * TICK_NANOS;

	/** The timer lags if a task is overdue by more than this. */
	private static final long LAG_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	/** With fewer timeouts, alignment gains almost nothing. */
	static final int MANY_TIMEOUTS = 1_000;

	private final Ticker ticker;

	private final TimeOfDay timeOfDay;

	private final Timer timer;

	private final DoubleSupplier random;

	private final EngineExecutors executors;

	private final PauseDetector pauseDetector;

	private final @Nullable Runnable check;

	private final Runnable shutdown;

	@GuardedBy("this")
	private @Nullable CheckThread checkThread;

	@GuardedBy("this")
	private boolean shutDown;

	/**
	 * Create the resources.
	 * @param ticker the source of time
	 * @param timer runs delayed tasks
	 * @param random supplies values from 0 (inclusive) to 1 (exclusive)
	 * @param executors run tasks that can block
	 * @param pauseDetector detects pauses of the JVM
	 * @param check restarts work that was lost because threads or memory were short, or
	 * {@code null} if nothing is ever checked
	 * @param shutdown stops the timer and the executors
	 */
	public EngineResources(Ticker ticker, Timer timer, DoubleSupplier random, EngineExecutors executors,
			PauseDetector pauseDetector, @Nullable Runnable check, Runnable shutdown) {
		this.ticker = ticker;
		this.timeOfDay = new TimeOfDay(ticker);
		this.timer = timer;
		this.random = random;
		this.executors = executors;
		this.pauseDetector = pauseDetector;
		this.check = check;
		this.shutdown = shutdown;
	}

	/**
	 * Create the resources of an application.
	 * @param virtualThreads whether to use virtual threads for everything except the
	 * timer, which never blocks; requires JDK 21
	 */
	public static EngineResources create(boolean virtualThreads) {
		ScheduledThreadPoolExecutor timerThread = new ScheduledThreadPoolExecutor(1,
				platformThreads("heartbeat-timer-"));
		timerThread.setRemoveOnCancelPolicy(true);
		PauseDetector pauseDetector = new PauseDetector(System.nanoTime());
		Timer timer = (task, delay) -> schedule(timerThread, pauseDetector, task, delay);
		BooleanSupplier lagging = () -> isLagging(timerThread.getQueue().peek());
		ExecutorService connects = threadPerTask("heartbeat-connect-", virtualThreads);
		ThreadPoolExecutor logs = oneThread("heartbeat-log-");
		Runnable check = () -> {
			startMissingThread(timerThread);
			startMissingThread(logs);
		};
		Runnable shutdown = () -> {
			logs.shutdown();
			timerThread.shutdownNow();
			connects.shutdownNow();
		};
		ShutdownExecutor last = new ShutdownExecutor(platformThreads("heartbeat-last-"), SHUTDOWN_NANOS);
		if (virtualThreads) {
			ExecutorService io = threadPerTask("heartbeat-io-", true);
			ExecutorService hooks = threadPerTask("heartbeat-hook-", true);
			return create(timer, pauseDetector, lagging, connects, io, io, hooks, logs, last, check, () -> {
				shutdown.run();
				hooks.shutdownNow();
				io.shutdownNow();
			});
		}
		Ticker ticker = new SystemTicker();
		ElasticPool io = new ElasticPool(PROCESSORS, platformThreads("heartbeat-io-"), timer, ticker);
		ElasticPool aborts = new ElasticPool(PROCESSORS / 2, platformThreads("heartbeat-abort-"), timer, ticker);
		ElasticPool hooks = new ElasticPool(PROCESSORS, platformThreads("heartbeat-hook-"), timer, ticker);
		List<ElasticPool> pools = List.of(hooks, io, aborts);
		return create(timer, pauseDetector, lagging, connects, io, aborts, hooks, logs, last, () -> {
			check.run();
			for (ElasticPool pool : pools) {
				pool.resume();
			}
		}, () -> {
			shutdown.run();
			last.executeAll(pools.stream().map(ElasticPool::shutdownNow).flatMap(List::stream).toList());
		});
	}

	private static EngineResources create(Timer timer, PauseDetector pauseDetector, BooleanSupplier lagging,
			Executor connects, Executor io, Executor aborts, Executor hooks, Executor logs, ShutdownExecutor last,
			Runnable check, Runnable shutdown) {
		Ticker ticker = new SystemTicker();
		ThreadShortageLog shortage = new ThreadShortageLog(ticker);
		Executor discarding = (task) -> logger.debug("A task is dropped because the clients are shut down");
		RetryingExecutor retryingConnects = new RetryingExecutor(connects, timer, shortage, discarding);
		RetryingExecutor retryingIo = new RetryingExecutor(io, timer, shortage, discarding);
		RetryingExecutor cancels = new RetryingExecutor(aborts, timer, shortage, discarding);
		RetryingExecutor retryingHooks = new RetryingExecutor(hooks, timer, shortage, discarding);
		RetryingExecutor futures = new RetryingExecutor(hooks, timer, shortage, last);
		RetryingExecutor retryingLogs = new RetryingExecutor(logs, timer, shortage, discarding);
		List<RetryingExecutor> retrying = List.of(retryingConnects, retryingIo, cancels, retryingHooks, futures,
				retryingLogs);
		DeferringExecutor deferredAborts = new DeferringExecutor(cancels, timer, ticker, lagging);
		DeferringExecutor deferredLogs = new DeferringExecutor(retryingLogs, timer, ticker, lagging);
		EngineExecutors executors = new EngineExecutors(retryingConnects, retryingIo, cancels, deferredAborts,
				retryingHooks, futures, deferredLogs);
		return new EngineResources(ticker, timer, () -> ThreadLocalRandom.current().nextDouble(), executors,
				pauseDetector, () -> {
					check.run();
					for (RetryingExecutor executor : retrying) {
						executor.check();
					}
					deferredAborts.check();
					deferredLogs.check();
				}, () -> {
					deferredAborts.close();
					deferredLogs.close();
					shutdown.run();
				});
	}

	/**
	 * An {@link OutOfMemoryError} ends a thread, and the pool may have been unable to
	 * start a replacement.
	 */
	private static void startMissingThread(ThreadPoolExecutor executor) {
		if (executor.getPoolSize() == 0 && !executor.getQueue().isEmpty()) {
			executor.prestartCoreThread();
		}
	}

	/**
	 * Check clients and threads every few seconds until shutdown.
	 * @param clients checks the clients and returns whether an invariant is violated
	 */
	public synchronized void startChecking(BooleanSupplier clients) {
		if (this.check != null && this.checkThread == null && !this.shutDown) {
			CheckThread thread = new CheckThread(this.ticker, this.check, clients);
			thread.start();
			this.checkThread = thread;
		}
	}

	private synchronized void stopChecking() {
		this.shutDown = true;
		if (this.checkThread != null) {
			this.checkThread.end();
		}
	}

	/**
	 * Return whether the timer is overdue.
	 * @param next the next task of the timer, or {@code null} if none waits
	 */
	private static boolean isLagging(@Nullable Runnable next) {
		return next instanceof Delayed timeout && timeout.getDelay(TimeUnit.NANOSECONDS) < -LAG_NANOS;
	}

	private static Timer.Timeout schedule(ScheduledThreadPoolExecutor executor, PauseDetector pauseDetector,
			Runnable task, long delayNanos) {
		try {
			long now = System.nanoTime();
			long delay = alignToTick(executor.getQueue().size(), now, delayNanos);
			ScheduledTask scheduled = new ScheduledTask(task, now + delayNanos, pauseDetector);
			scheduled.future = executor.schedule(scheduled, delay, TimeUnit.NANOSECONDS);
			return scheduled;
		}
		catch (RejectedExecutionException ex) {
			logger.debug("A timeout is dropped because the clients are shut down");
			return () -> {
			};
		}
	}

	/**
	 * Return the delay, extended to the next tick if many timeouts wait. Timeouts that
	 * are due at about the same time then run one after the other, instead of a timer
	 * wait and a wake-up of another thread for each of them.
	 * @param waiting the number of timeouts that wait
	 * @param now the start of the delay, as of {@link System#nanoTime()}
	 */
	static long alignToTick(int waiting, long now, long delayNanos) {
		if (waiting < MANY_TIMEOUTS || delayNanos < MIN_ALIGNED_NANOS) {
			return delayNanos;
		}
		return Math.max(delayNanos, delayNanos + Math.floorMod(-(now + delayNanos), TICK_NANOS));
	}

	private static void run(Runnable task, long dueAt, PauseDetector pauseDetector) {
		long startedAt = System.nanoTime();
		pauseDetector.taskStarted(dueAt, startedAt);
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("A task of the timer failed unexpectedly", ex);
		}
		pauseDetector.taskFinished(startedAt, System.nanoTime());
	}

	/**
	 * A task never waits for another task, whatever blocks that one. Virtual threads are
	 * not kept because starting one is cheap.
	 */
	private static ExecutorService threadPerTask(String threadNamePrefix, boolean virtualThreads) {
		ThreadFactory threadFactory = virtualThreads
				? new VirtualThreadTaskExecutor(threadNamePrefix).getVirtualThreadFactory()
				: platformThreads(threadNamePrefix);
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, virtualThreads ? 0 : IDLE_THREAD_SECONDS, TimeUnit.SECONDS,
				new SynchronousQueue<>(), threadFactory);
	}

	/**
	 * The thread ends when it is idle. Tasks that are queued at shutdown still run.
	 */
	private static ThreadPoolExecutor oneThread(String threadNamePrefix) {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, IDLE_THREAD_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), platformThreads(threadNamePrefix));
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	private static ThreadFactory platformThreads(String namePrefix) {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory(namePrefix);
		threadFactory.setDaemon(true);
		return threadFactory;
	}

	public Ticker ticker() {
		return this.ticker;
	}

	/**
	 * Return the clock of all times that users see.
	 */
	public TimeOfDay timeOfDay() {
		return this.timeOfDay;
	}

	public Timer timer() {
		return this.timer;
	}

	public PauseDetector pauseDetector() {
		return this.pauseDetector;
	}

	public DoubleSupplier random() {
		return this.random;
	}

	public Executor connects() {
		return this.executors.connects();
	}

	public Executor io() {
		return this.executors.io();
	}

	public Executor cancels() {
		return this.executors.cancels();
	}

	public Executor aborts() {
		return this.executors.aborts();
	}

	public Executor hooks() {
		return this.executors.hooks();
	}

	public Executor futures() {
		return this.executors.futures();
	}

	public Executor logs() {
		return this.executors.logs();
	}

	/**
	 * Stop all threads. If a hook closes the application, its own thread is not left
	 * interrupted, so that the hook can complete.
	 */
	public void shutdown() {
		boolean interrupted = Thread.currentThread().isInterrupted();
		stopChecking();
		this.shutdown.run();
		if (!interrupted && Thread.interrupted()) {
			logger.trace("Cleared the interrupt of a hook that closed the clients");
		}
	}

	/**
	 * A task of the timer and its handle.
	 */
	private static final class ScheduledTask implements Runnable, Timer.Timeout {

		private final Runnable task;

		private final long dueAt;

		private final PauseDetector pauseDetector;

		/** Set before the handle is returned. */
		private @Nullable Future<?> future;

		ScheduledTask(Runnable task, long dueAt, PauseDetector pauseDetector) {
			this.task = task;
			this.dueAt = dueAt;
			this.pauseDetector = pauseDetector;
		}

		@Override
		public void run() {
			EngineResources.run(this.task, this.dueAt, this.pauseDetector);
		}

		@Override
		public void cancel() {
			if (this.future != null) {
				this.future.cancel(false);
			}
		}

	}

	/**
	 * A separate thread that only parks and checks. An exhausted heap ends the threads of
	 * pools, including the timer thread, but not this one.
	 */
	private static final class CheckThread extends Thread {

		private static final long JOIN_MILLIS = 500;

		private final Ticker ticker;

		private final Runnable threads;

		private final BooleanSupplier clients;

		private @Nullable Throwable failure;

		private volatile boolean ended;

		CheckThread(Ticker ticker, Runnable threads, BooleanSupplier clients) {
			super("heartbeat-check");
			setDaemon(true);
			this.ticker = ticker;
			this.threads = threads;
			this.clients = clients;
		}

		/**
		 * While the heap is exhausted every allocation throws, for example of an iterator
		 * or at the first use of a string constant. Nothing outside the try block may
		 * allocate.
		 */
		@Override
		public void run() {
			long interval = CHECK_NANOS;
			while (!this.ended) {
				boolean violated = true;
				try {
					park(interval);
					logFailure();
					this.threads.run();
					violated = !this.ended && this.clients.getAsBoolean();
				}
				catch (Throwable ex) {
					this.failure = ex;
				}
				interval = violated ? RECHECK_NANOS : CHECK_NANOS;
			}
		}

		/**
		 * Parks for the full interval even after a spurious wake-up: a condition seen at
		 * two checks in a row must have lasted for that interval.
		 */
		private void park(long nanos) {
			long startedAt = this.ticker.nanoTime();
			for (long left = nanos; left > 0 && !this.ended; left = nanos - (this.ticker.nanoTime() - startedAt)) {
				LockSupport.parkNanos(left);
				Interrupts.clear();
			}
		}

		private void logFailure() {
			Throwable failure = this.failure;
			this.failure = null;
			if (failure != null) {
				logger.debug("A check failed; the next one repeats it", failure);
			}
		}

		void end() {
			this.ended = true;
			LockSupport.unpark(this);
			if (Thread.currentThread() != this) {
				awaitEnd();
			}
		}

		private void awaitEnd() {
			try {
				join(JOIN_MILLIS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
