package io.github.heartbeat.benchmark.contestant;

import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.heartbeat.benchmark.process.CommandLoop;
import io.github.heartbeat.benchmark.process.Reply;
import org.slf4j.LoggerFactory;

/**
 * Main class of the JVM of a contestant.
 */
public final class ContestantMain {

	private ContestantMain() {
	}

	/**
	 * Serve commands.
	 * @param arguments the kind of contestant, the URL of the server and the class of the probe
	 */
	public static void main(String[] arguments) throws Exception {
		if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
			root.setLevel(Level.ERROR);
		}
		Host host = new Host(Kind.valueOf(arguments[0]), Target.of(arguments[1]));
		Probe probe = (Probe) Class.forName(arguments[2]).getDeclaredConstructor().newInstance();
		CommandLoop.serve(Map.of("step",
				(args) -> probe.run(host, args[0], (args.length > 1) ? Long.parseLong(args[1]) : 0), "end", (args) -> {
					host.contestant().close();
					return new Reply();
				}));
	}

}
