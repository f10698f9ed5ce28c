package io.github.heartbeat.testing;

import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;

/**
 * The threads of the engine, told by their names.
 */
public final class OurThreads {

	private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

	private OurThreads() {
	}

	/**
	 * Return the names of those that live.
	 */
	public static List<String> alive() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(Thread::isAlive)
			.map(Thread::getName)
			.filter((name) -> name.startsWith("heartbeat-"))
			.toList();
	}

	/**
	 * Wait until none lives. One that was started a moment ago may not have been told yet
	 * that it shall end.
	 */
	public static void awaitNone() {
		Awaitility.await("threads of ours to end")
			.atMost(LONG_ENOUGH)
			.pollInterval(Duration.ofMillis(5))
			.until(OurThreads::alive, List::isEmpty);
	}

}
