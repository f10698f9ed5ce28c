package io.github.heartbeat.benchmark.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Child side of a child process. Reads one command per line from the standard input and
 * answers each with one line. The end of the input means that the parent has ended for
 * whatever reason, so the child exits immediately.
 */
public final class CommandLoop {

	private CommandLoop() {
	}

	/**
	 * Serve commands until the process ends. All other output goes to the standard error.
	 * @param commands the commands by name
	 */
	public static void serve(Map<String, Command> commands) throws InterruptedException {
		PrintStream replies = System.out;
		System.setOut(System.err);
		BlockingQueue<String> lines = new LinkedBlockingQueue<>();
		Thread reader = new Thread(() -> read(lines), "benchmark-commands");
		reader.setDaemon(true);
		reader.start();
		replies.println("ok");
		while (true) {
			replies.println(answer(commands, lines.take().split(" ")));
			replies.flush();
		}
	}

	private static void read(BlockingQueue<String> lines) {
		try {
			BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				lines.add(line);
			}
		}
		catch (IOException ex) {
			ex.printStackTrace();
		}
		Runtime.getRuntime().halt(0);
	}

	private static String answer(Map<String, Command> commands, String[] words) {
		try {
			Command command = commands.get(words[0]);
			if (command == null) {
				throw new IllegalArgumentException("Unknown command " + words[0]);
			}
			return "ok " + command.run(Arrays.copyOfRange(words, 1, words.length));
		}
		catch (Throwable ex) {
			ex.printStackTrace();
			return "error " + ex.toString().replaceAll("\\s+", " ");
		}
	}

}
