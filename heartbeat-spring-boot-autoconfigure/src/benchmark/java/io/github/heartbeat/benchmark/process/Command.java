package io.github.heartbeat.benchmark.process;

/**
 * What a child process does when it is told to.
 */
@FunctionalInterface
public interface Command {

	/**
	 * Do it.
	 * @param arguments what stood behind the name of the command
	 * @return the answer
	 * @throws Exception if it cannot be done, which is the answer then
	 */
	Reply run(String[] arguments) throws Exception;

}
