package io.github.heartbeat.client;

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
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Everything temporal, random and concurrent that the clients share. They are no beans,
 * so that the application's own executors and schedulers stay what they are.
 */
final class EngineResources {

	private static final Log logger = LogFactory.getLog(EngineResources.class);

	private static final long IDLE_THREAD_SECONDS = 5;

	private static final int PROCESSORS = Math.max(2, Runtime.getRuntime().availableProcessors());

	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	/** Shorter delays are exact. */
	private static final long COARSE_NANOS = 20 * TICK_NANOS;

	/** What is due waits for less where the processors are not busy. */
	private static final long BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	/** With fewer there is next to nothing to run together. */
	static final int MANY_TIMEOUTS = 1_000;

	private final Ticker ticker;

	private final Timer timer;

	private final DoubleSupplier random;

	private final EngineExecutors executors;

	private final Runnable shutdown;

	/**
	 * Create the resources.
	 * @param ticker the time
	 * @param timer runs what is due
	 * @param random values from 0 to below 1
	 * @param executors run what may block
	 * @param shutdown releases all of these
	 */
	EngineResources(Ticker ticker, Timer timer, DoubleSupplier random, EngineExecutors executors, Runnable shutdown) {
		this.ticker = ticker;
		this.timer = timer;
		this.random = random;
		this.executors = executors;
		this.shutdown = shutdown;
	}

	/**
	 * Create the resources of an application.
	 * @param virtualThreads whether everything but the timer, which never blocks, runs on
	 * virtual threads; needs JDK 21
	 */
	static EngineResources create(boolean virtualThreads) {
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, platformThreads("heartbeat-timer-"));
		executor.setRemoveOnCancelPolicy(true);
		Timer timer = (task, delay) -> schedule(executor, task, delay);
		BooleanSupplier behind = () -> isBehind(executor.getQueue().peek());
		ExecutorService connects = threadPerTask("heartbeat-connect-", virtualThreads);
		ExecutorService logs = oneThread("heartbeat-log-");
		Runnable shutdown = () -> {
			logs.shutdown();
			executor.shutdownNow();
			connects.shutdownNow();
		};
		if (virtualThreads) {
			ExecutorService io = threadPerTask("heartbeat-io-", true);
			ExecutorService hooks = threadPerTask("heartbeat-hook-", true);
			return create(timer, behind, connects, io, io, hooks, logs, () -> {
				shutdown.run();
				hooks.shutdownNow();
				io.shutdownNow();
			});
		}
		ElasticPool io = new ElasticPool(PROCESSORS, platformThreads("heartbeat-io-"), timer);
		ElasticPool aborts = new ElasticPool(PROCESSORS / 2, platformThreads("heartbeat-abort-"), timer);
		ElasticPool hooks = new ElasticPool(PROCESSORS, platformThreads("heartbeat-hook-"), timer);
		return create(timer, behind, connects, io, aborts, hooks, logs, () -> {
			shutdown.run();
			runLast(Stream.of(hooks, io, aborts).map(ElasticPool::shutdownNow).flatMap(List::stream).toList());
		});
	}

	private static EngineResources create(Timer timer, BooleanSupplier behind, Executor connects, Executor io,
			Executor aborts, Executor hooks, Executor logs, Runnable shutdown) {
		Ticker ticker = new SystemTicker();
		Executor cancels = lenient(aborts, timer);
		DeferringExecutor deferredAborts = new DeferringExecutor(cancels, timer, ticker, behind);
		DeferringExecutor deferredLogs = new DeferringExecutor(lenient(logs, timer), timer, ticker, behind);
		EngineExecutors executors = new EngineExecutors(lenient(connects, timer), lenient(io, timer), cancels,
				deferredAborts, lenient(hooks, timer), orHere(hooks), deferredLogs);
		return new EngineResources(ticker, timer, () -> ThreadLocalRandom.current().nextDouble(), executors, () -> {
			deferredAborts.close();
			deferredLogs.close();
			shutdown.run();
		});
	}

	/**
	 * Return whether the timer has more to do than it gets done.
	 * @param next what it is to run next, if anything waits
	 */
	private static boolean isBehind(@Nullable Runnable next) {
		return next instanceof Delayed timeout && timeout.getDelay(TimeUnit.NANOSECONDS) < -BEHIND_NANOS;
	}

	/**
	 * What had no thread yet at the end gets one each: the futures among it may wait for
	 * each other, and must not hold up the application.
	 */
	private static void runLast(List<Runnable> tasks) {
		ExecutorService executor = threadPerTask("heartbeat-last-", false);
		Executor last = orHere(executor);
		tasks.forEach((task) -> last.execute(() -> runLogged(task)));
		executor.shutdown();
	}

	private static Timer.Timeout schedule(ScheduledThreadPoolExecutor executor, Runnable task, long delayNanos) {
		try {
			ScheduledFuture<?> future = executor.schedule(() -> runLogged(task),
					untilTick(executor.getQueue().size(), System.nanoTime(), delayNanos), TimeUnit.NANOSECONDS);
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
	static long untilTick(int waiting, long now, long delayNanos) {
		if (waiting < MANY_TIMEOUTS || delayNanos < COARSE_NANOS) {
			return delayNanos;
		}
		return Math.max(delayNanos, delayNanos + Math.floorMod(-(now + delayNanos), TICK_NANOS));
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
	private static ExecutorService oneThread(String threadNamePrefix) {
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

	/**
	 * A task is never lost but after the shutdown, when there is nothing left that it
	 * could be for: if the operating system has no thread for it now, it is tried again.
	 */
	private static Executor lenient(Executor executor, Timer timer) {
		return new Executor() {

			@Override
			public void execute(Runnable task) {
				try {
					executor.execute(task);
				}
				catch (RejectedExecutionException ex) {
					logger.debug("Not run, for the clients are shut down");
				}
				catch (OutOfMemoryError ex) {
					logger.error("No thread could be started; trying again");
					timer.schedule(() -> execute(task), RETRY_NANOS);
				}
			}
		};
	}

	/**
	 * A future ends in any case, if need be on the thread that wants to end it: at the
	 * very end of everything, or where the operating system has no thread for it.
	 */
	private static Executor orHere(Executor executor) {
		return (task) -> {
			try {
				executor.execute(task);
			}
			catch (RejectedExecutionException | OutOfMemoryError ex) {
				logger.debug("A future ends on the thread that ended it");
				task.run();
			}
		};
	}

	Ticker ticker() {
		return this.ticker;
	}

	Timer timer() {
		return this.timer;
	}

	DoubleSupplier random() {
		return this.random;
	}

	Executor connects() {
		return this.executors.connects();
	}

	Executor io() {
		return this.executors.io();
	}

	Executor cancels() {
		return this.executors.cancels();
	}

	Executor aborts() {
		return this.executors.aborts();
	}

	Executor hooks() {
		return this.executors.hooks();
	}

	Executor futures() {
		return this.executors.futures();
	}

	Executor logs() {
		return this.executors.logs();
	}

	/**
	 * End all threads. A hook that closes the application must get through with it, so
	 * its thread is spared the interrupt.
	 */
	void shutdown() {
		boolean interrupted = Thread.currentThread().isInterrupted();
		this.shutdown.run();
		if (!interrupted && Thread.interrupted()) {
			logger.trace("Closed from within a hook");
		}
	}

}
