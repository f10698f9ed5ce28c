package io.github.heartbeat.test;

import org.springframework.context.SmartLifecycle;

/**
 * Acts when the application stops or is paused, and when it starts again. The test
 * framework pauses the contexts in its cache that no test uses.
 */
final class TestLifecycle implements SmartLifecycle {

	private final int phase;

	private final Runnable onStart;

	private final Runnable onStop;

	private volatile boolean running;

	TestLifecycle(int phase, Runnable onStart, Runnable onStop) {
		this.phase = phase;
		this.onStart = onStart;
		this.onStop = onStop;
	}

	@Override
	public void start() {
		this.onStart.run();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.onStop.run();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

}
