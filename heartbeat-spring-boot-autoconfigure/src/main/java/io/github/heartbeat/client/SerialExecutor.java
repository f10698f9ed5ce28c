package io.github.heartbeat.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after the other, in order, on the threads of another executor.
 */
final class SerialExecutor implements Executor {

	private final Executor executor;

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private boolean active;

	SerialExecutor(Executor executor) {
		this.executor = executor;
	}

	@Override
	public void execute(Runnable task) {
		synchronized (this.tasks) {
			this.tasks.add(task);
			if (this.active) {
				return;
			}
			this.active = true;
		}
		this.executor.execute(this::runAll);
	}

	private void runAll() {
		for (Runnable task = next(); task != null; task = next()) {
			task.run();
		}
	}

	private @Nullable Runnable next() {
		synchronized (this.tasks) {
			Runnable task = this.tasks.poll();
			this.active = task != null;
			return task;
		}
	}

}
