package io.github.heartbeat.benchmark.contestant;

import io.github.heartbeat.benchmark.process.Reply;

/**
 * The part of a row that runs in the JVM of the contestant. One object lives as long as
 * that JVM, and each of its steps is called by name.
 */
public interface Probe {

	/**
	 * Do one step.
	 * @param step which
	 * @param argument a number it may need
	 * @return what was measured
	 */
	Reply run(Host host, String step, long argument) throws Exception;

}
