package io.github.heartbeat.testing;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A program in a separate JVM that prints lines and reads commands from its standard
 * input. Its output goes to a file, so that the program never blocks on the test.
 */
public final class ChildJvm implements AutoCloseable {

	private final Path output;

	private final Process process;

	private final BufferedWriter input;

	/** Sends the signal that ends a freeze. */
	private Process thaw;

	/**
	 * Start a program.
	 * @param output the file for its output
	 * @param options the options of the JVM
	 * @param program the class with the main method
	 * @param arguments its arguments
	 */
	public ChildJvm(Path output, List<String> options, Class<?> program, String... arguments) throws IOException {
		this(output, List.of(), options, program, arguments);
	}

	/**
	 * Start a program through a launcher command, such as one that sets limits.
	 * @param output the file for its output
	 * @param launcher the command and its arguments
	 * @param options the options of the JVM
	 * @param program the class with the main method
	 * @param arguments its arguments
	 */
	public ChildJvm(Path output, List<String> launcher, List<String> options, Class<?> program, String... arguments)
			throws IOException {
		this.output = output;
		List<String> command = new ArrayList<>(launcher);
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-XX:TieredStopAtLevel=1");
		command.addAll(options);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
		command.addAll(List.of(arguments));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		this.input = this.process.outputWriter();
	}

	/**
	 * Wait until the program has printed a line with the given prefix.
	 */
	public String await(String prefix, Duration timeout) {
		try {
			Awaitility.await()
				.atMost(timeout)
				.pollInterval(Duration.ofMillis(20))
				.until(() -> find(prefix) != null || !this.process.isAlive());
		}
		catch (ConditionTimeoutException ex) {
			dumpThreads();
			throw new AssertionError("No line '" + prefix + "' within " + timeout + " in\n" + tail());
		}
		String line = find(prefix);
		if (line == null) {
			throw new AssertionError("The JVM has ended without a line '" + prefix + "':\n" + tail());
		}
		return line;
	}

	/**
	 * Make the JVM print a thread dump, which shows what it waits for.
	 */
	private void dumpThreads() {
		try {
			signal("QUIT");
			Awaitility.await()
				.atMost(Duration.ofSeconds(5))
				.until(() -> lines().stream().anyMatch((line) -> line.startsWith("JNI global refs")));
		}
		catch (IOException | ConditionTimeoutException ex) {
			throw new AssertionError("No thread dump in\n" + tail(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private String find(String prefix) {
		return lines().stream().filter((line) -> line.startsWith(prefix)).findFirst().orElse(null);
	}

	/**
	 * Return the lines that the program has printed.
	 */
	public List<String> lines() {
		try {
			return Files.readAllLines(this.output, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String tail() {
		List<String> lines = lines();
		return String.join("\n", lines.subList(Math.max(0, lines.size() - 400), lines.size()));
	}

	/**
	 * Write a line to the standard input of the program.
	 */
	public void send(String line) throws IOException {
		this.input.write(line);
		this.input.newLine();
		this.input.flush();
	}

	/**
	 * Send a signal to the JVM.
	 * @param name a name such as {@code STOP}
	 */
	public void signal(String name) throws IOException, InterruptedException {
		Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(this.process.pid())).start();
		if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
			throw new IllegalStateException("Signal " + name + " could not be sent");
		}
	}

	/**
	 * Stop all threads of the JVM with {@code SIGSTOP} and wait until they have stopped.
	 */
	public void freeze() throws IOException, InterruptedException {
		signal("STOP");
		this.thaw = new ProcessBuilder("sh", "-c", "read go; kill -CONT " + pid()).start();
		Path status = Path.of("/proc", String.valueOf(pid()), "status");
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.pollInterval(Duration.ofMillis(1))
			.until(() -> Files.readString(status).contains("State:\tT"));
	}

	/**
	 * Let the threads run again after {@link #freeze()}. The process that sends the
	 * signal runs already, so that its start does not count.
	 */
	public void thaw() throws IOException {
		try (Writer go = this.thaw.outputWriter()) {
			go.write("go\n");
		}
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	public long pid() {
		return this.process.pid();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
