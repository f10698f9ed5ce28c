package io.github.heartbeat.test.internal;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The executors of the connections of one server with the real clock. Each runs its tasks
 * in order, on a thread that it has while there are tasks.
 */
public final class ConnectionLanes implements Supplier<Executor> {

	private final ThreadPoolExecutor threads;

	public ConnectionLanes() {
		CustomizableThreadFactory factory = new CustomizableThreadFactory("heartbeat-test-network-");
		factory.setDaemon(true);
		this.threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(),
				factory, new ThreadPoolExecutor.DiscardPolicy());
	}

	@Override
	public Executor get() {
		return new Lane();
	}

	/**
	 * Drop what has not arrived, and end the threads.
	 */
	public void close() {
		this.threads.shutdownNow();
	}

	/**
	 * Runs tasks one at a time.
	 */
	private final class Lane implements Executor {

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		private boolean running;

		@Override
		public void execute(Runnable task) {
			synchronized (this) {
				this.tasks.add(task);
				if (this.running) {
					return;
				}
				this.running = true;
			}
			ConnectionLanes.this.threads.execute(this::runAll);
		}

		private void runAll() {
			for (Runnable task = next(); task != null; task = next()) {
				task.run();
			}
		}

		private synchronized @Nullable Runnable next() {
			Runnable next = this.tasks.poll();
			this.running = next != null;
			return next;
		}

	}

}
