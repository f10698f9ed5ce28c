package io.github.heartbeat.testing;

import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;

/**
 * The threads of the engine, identified by their names.
 */
public final class OurThreads {

	private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

	private OurThreads() {
	}

	/**
	 * Return the names of the live threads.
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
	 * Wait until no thread is alive. A thread that started very recently may not have
	 * received the request to end yet.
	 */
	public static void awaitNone() {
		Awaitility.await("threads of ours to end")
			.pollInSameThread()
			.atMost(LONG_ENOUGH)
			.pollInterval(Duration.ofMillis(5))
			.until(OurThreads::alive, List::isEmpty);
	}

}
