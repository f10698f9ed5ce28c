package io.github.heartbeat.benchmark.contestant;

import io.github.heartbeat.benchmark.process.Reply;

/**
 * The part of a row that runs in the JVM of the contestant. Each JVM has one instance, and its
 * steps are called by name.
 */
public interface Probe {

	/**
	 * Run one step.
	 * @param step the name of the step
	 * @param argument a number for the step, if it needs one
	 * @return the measured values
	 */
	Reply run(Host host, String step, long argument) throws Exception;

}
