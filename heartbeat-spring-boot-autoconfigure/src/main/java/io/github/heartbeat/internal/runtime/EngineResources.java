package io.github.heartbeat.internal.runtime;

import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
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
 * Everything temporal, random and concurrent that the clients share. They are no beans,
 * so that the application's own executors and schedulers stay what they are.
 */
public final class EngineResources {

	private static final EngineLog logger = EngineLog.of(EngineResources.class);

	private static final long IDLE_THREAD_SECONDS = 5;

	private static final int PROCESSORS = Math.max(2, Runtime.getRuntime().availableProcessors());

	/** How often clients and threads are checked for what must be true. */
	public static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(3);

	/** How soon they are checked again while something is wrong. */
	private static final long SUSPICION_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** How long what runs at the shutdown may be stuck before it is interrupted. */
	private static final long SHUTDOWN_NANOS = TimeUnit.SECONDS.toNanos(2);

	static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	/** Shorter delays are exact. */
	private static final long COARSE_NANOS = 20 * TICK_NANOS;

	/** What is due waits for less where the processors are not busy. */
	private static final long LAG_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	/** With fewer there is next to nothing to run together. */
	static final int MANY_TIMEOUTS = 1_000;

	private final Ticker ticker;

	private final Timer timer;

	private final DoubleSupplier random;

	private final EngineExecutors executors;

	private final PauseDetector pauseDetector;

	private final Runnable check;

	private final Runnable shutdown;

	@GuardedBy("this")
	private @Nullable CheckThread checkThread;

	@GuardedBy("this")
	private boolean down;

	/**
	 * Create the resources.
	 * @param ticker the time
	 * @param timer runs what is due
	 * @param random values from 0 to below 1
	 * @param executors run what may block
	 * @param pauseDetector knows when the timer was paused
	 * @param check continues what was lost for want of threads or memory
	 * @param shutdown releases all of these
	 */
	public EngineResources(Ticker ticker, Timer timer, DoubleSupplier random, EngineExecutors executors,
			PauseDetector pauseDetector, Runnable check, Runnable shutdown) {
		this.ticker = ticker;
		this.timer = timer;
		this.random = random;
		this.executors = executors;
		this.pauseDetector = pauseDetector;
		this.check = check;
		this.shutdown = shutdown;
	}

	/**
	 * Create the resources of an application.
	 * @param virtualThreads whether everything but the timer, which never blocks, runs on
	 * virtual threads; needs JDK 21
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
			revive(timerThread);
			revive(logs);
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
		ElasticPool io = new ElasticPool(PROCESSORS, platformThreads("heartbeat-io-"), timer);
		ElasticPool aborts = new ElasticPool(PROCESSORS / 2, platformThreads("heartbeat-abort-"), timer);
		ElasticPool hooks = new ElasticPool(PROCESSORS, platformThreads("heartbeat-hook-"), timer);
		List<ElasticPool> pools = List.of(hooks, io, aborts);
		return create(timer, pauseDetector, lagging, connects, io, aborts, hooks, logs, last, () -> {
			check.run();
			pools.forEach(ElasticPool::revive);
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
		Executor dropped = (task) -> logger.debug("Not run, for the clients are shut down");
		RetryingExecutor retryingConnects = new RetryingExecutor(connects, timer, shortage, dropped);
		RetryingExecutor retryingIo = new RetryingExecutor(io, timer, shortage, dropped);
		RetryingExecutor cancels = new RetryingExecutor(aborts, timer, shortage, dropped);
		RetryingExecutor retryingHooks = new RetryingExecutor(hooks, timer, shortage, dropped);
		RetryingExecutor futures = new RetryingExecutor(hooks, timer, shortage, last);
		RetryingExecutor retryingLogs = new RetryingExecutor(logs, timer, shortage, dropped);
		List<RetryingExecutor> retrying = List.of(retryingConnects, retryingIo, cancels, retryingHooks, futures,
				retryingLogs);
		DeferringExecutor deferredAborts = new DeferringExecutor(cancels, timer, ticker, lagging);
		DeferringExecutor deferredLogs = new DeferringExecutor(retryingLogs, timer, ticker, lagging);
		EngineExecutors executors = new EngineExecutors(retryingConnects, retryingIo, cancels, deferredAborts,
				retryingHooks, futures, deferredLogs);
		return new EngineResources(ticker, timer, () -> ThreadLocalRandom.current().nextDouble(), executors,
				pauseDetector, () -> {
					check.run();
					retrying.forEach(RetryingExecutor::check);
					deferredAborts.check();
					deferredLogs.check();
				}, () -> {
					deferredAborts.close();
					deferredLogs.close();
					shutdown.run();
				});
	}

	/**
	 * A thread that could not allocate is dead, and its pool may have been unable to
	 * start another one.
	 */
	private static void revive(ThreadPoolExecutor executor) {
		if (executor.getPoolSize() == 0 && !executor.getQueue().isEmpty()) {
			executor.prestartCoreThread();
		}
	}

	/**
	 * Have everything checked every few seconds, from now on until the shutdown.
	 * @param clients checks the clients, and returns whether something is wrong
	 */
	public synchronized void startChecking(BooleanSupplier clients) {
		if (this.checkThread == null && !this.down) {
			CheckThread thread = new CheckThread(this.ticker, this.check, clients);
			thread.start();
			this.checkThread = thread;
		}
	}

	private synchronized void stopChecking() {
		this.down = true;
		if (this.checkThread != null) {
			this.checkThread.end();
		}
	}

	/**
	 * Return whether the timer has more to do than it gets done.
	 * @param next what it is to run next, if anything waits
	 */
	private static boolean isLagging(@Nullable Runnable next) {
		return next instanceof Delayed timeout && timeout.getDelay(TimeUnit.NANOSECONDS) < -LAG_NANOS;
	}

	private static Timer.Timeout schedule(ScheduledThreadPoolExecutor executor, PauseDetector pauseDetector,
			Runnable task, long delayNanos) {
		try {
			long now = System.nanoTime();
			long delay = alignToTick(executor.getQueue().size(), now, delayNanos);
			ScheduledFuture<?> future = executor.schedule(() -> run(task, now + delayNanos, pauseDetector), delay,
					TimeUnit.NANOSECONDS);
			return () -> future.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Not scheduled, for the clients are shut down");
			return () -> {
			};
		}
	}

	/**
	 * Return a delay that, where many wait, ends with a tick: what is due at about the
	 * same time runs one after the other, rather than with a wait of the timer and a
	 * wake-up of another thread for each.
	 * @param waiting the number of timeouts that wait
	 * @param now the time that the delay begins, as of {@link System#nanoTime()}
	 */
	static long alignToTick(int waiting, long now, long delayNanos) {
		if (waiting < MANY_TIMEOUTS || delayNanos < COARSE_NANOS) {
			return delayNanos;
		}
		return Math.max(delayNanos, delayNanos + Math.floorMod(-(now + delayNanos), TICK_NANOS));
	}

	private static void run(Runnable task, long dueAt, PauseDetector pauseDetector) {
		long begunAt = System.nanoTime();
		pauseDetector.taskBegins(dueAt, begunAt);
		runLogged(task);
		pauseDetector.taskEnds(begunAt, System.nanoTime());
	}

	private static void runLogged(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("A task failed unexpectedly", ex);
		}
	}

	/**
	 * A task never waits for another one, whatever that one is stuck in. Virtual threads
	 * are cheaper to begin than to keep.
	 */
	private static ExecutorService threadPerTask(String threadNamePrefix, boolean virtualThreads) {
		ThreadFactory threadFactory = virtualThreads
				? new VirtualThreadTaskExecutor(threadNamePrefix).getVirtualThreadFactory()
				: platformThreads(threadNamePrefix);
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, virtualThreads ? 0 : IDLE_THREAD_SECONDS, TimeUnit.SECONDS,
				new SynchronousQueue<>(), threadFactory);
	}

	/**
	 * Its thread ends when there is nothing to do. What waits at the shutdown is done.
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
	 * End all threads. A hook that closes the application must get through with it, so
	 * its thread is spared the interrupt.
	 */
	public void shutdown() {
		boolean interrupted = Thread.currentThread().isInterrupted();
		stopChecking();
		this.shutdown.run();
		if (!interrupted && Thread.interrupted()) {
			logger.trace("Closed from within a hook");
		}
	}

	/**
	 * A thread of its own, which only parks and checks: an exhausted heap, which kills
	 * the threads of pools, the timer's too, leaves it alive.
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
		 * While the heap is exhausted, whatever allocates throws: an iterator, or the
		 * first use of a text. So there is nothing of that outside of the try block.
		 */
		@Override
		public void run() {
			long interval = CHECK_NANOS;
			while (!this.ended) {
				boolean suspicious = true;
				try {
					park(interval);
					logFailure();
					this.threads.run();
					suspicious = !this.ended && this.clients.getAsBoolean();
				}
				catch (Throwable ex) {
					this.failure = ex;
				}
				interval = suspicious ? SUSPICION_NANOS : CHECK_NANOS;
			}
		}

		/**
		 * What is wrong at two checks in a row was wrong all the time between: a wake-up
		 * for another reason must not shorten it.
		 */
		private void park(long nanos) {
			long begunAt = this.ticker.nanoTime();
			for (long left = nanos; left > 0 && !this.ended; left = nanos - (this.ticker.nanoTime() - begunAt)) {
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
