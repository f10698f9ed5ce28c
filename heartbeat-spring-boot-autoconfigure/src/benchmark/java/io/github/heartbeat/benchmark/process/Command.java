package io.github.heartbeat.benchmark.process;

/**
 * A command that a child process executes.
 */
@FunctionalInterface
public interface Command {

	/**
	 * Execute the command.
	 * @param arguments the words after the name of the command
	 * @return the reply
	 * @throws Exception if the command fails; the reply is then the exception
	 */
	Reply run(String[] arguments) throws Exception;

}
