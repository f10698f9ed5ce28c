package io.github.heartbeat.benchmark.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The outside of a child process. Every answer is waited for no longer than the caller
 * says, and closing this ends the process whatever it is doing.
 */
public final class ChildProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final String GONE = "error the process is gone";

	private static final int SHOWN_LOG_LINES = 15;

	private final String name;

	private final Process process;

	private final Path log;

	private final Writer commands;

	private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();

	private ChildProcess(String name, Process process, Path log) {
		this.name = name;
		this.process = process;
		this.log = log;
		this.commands = process.outputWriter(StandardCharsets.UTF_8);
		Thread reader = new Thread(this::read, "replies of " + name);
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Start a JVM with the class path of this one.
	 * @param name what to call it
	 * @param javaHome whose java to run
	 * @param flags of the JVM
	 * @param main the class whose main method serves commands
	 * @param arguments of the main method
	 * @param directory where its log goes
	 */
	public static ChildProcess java(String name, Path javaHome, List<String> flags, Class<?> main,
			List<String> arguments, Path directory) throws Exception {
		List<String> line = new ArrayList<>();
		line.add(javaHome.resolve("bin").resolve("java").toString());
		line.addAll(flags);
		line.add(main.getName());
		line.addAll(arguments);
		return start(name, line, directory);
	}

	/**
	 * Start any program that serves commands.
	 */
	public static ChildProcess start(String name, List<String> line, Path directory) throws Exception {
		Path log = Files.createTempFile(directory, "child", ".log");
		ProcessBuilder builder = new ProcessBuilder(line).redirectError(log.toFile());
		builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
		ChildProcess child = new ChildProcess(name, builder.start(), log);
		try {
			child.await(START_TIMEOUT);
		}
		catch (Exception ex) {
			child.close();
			throw ex;
		}
		return child;
	}

	private void read() {
		try (BufferedReader in = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				this.replies.add(line);
			}
		}
		catch (IOException ex) {
			this.replies.add("error " + ex);
		}
		this.replies.add(GONE);
	}

	/**
	 * Give a command whose answer is awaited later.
	 */
	public void tell(String command) throws IOException {
		this.commands.write(command + "\n");
		this.commands.flush();
	}

	/**
	 * Await the answer to a command.
	 */
	public Reply await(Duration timeout) throws Exception {
		String line = this.replies.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
		if (line == null) {
			throw new IllegalStateException(this.name + " gave no answer in " + timeout.toSeconds() + " s");
		}
		if (!line.startsWith("ok")) {
			throw new IllegalStateException(this.name + ": " + line + logEnd());
		}
		return Reply.parse(line);
	}

	/**
	 * Give a command and await its answer.
	 */
	public Reply ask(String command, Duration timeout) throws Exception {
		tell(command);
		return await(timeout);
	}

	private String logEnd() throws IOException {
		List<String> lines = Files.readAllLines(this.log);
		return "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size()));
	}

	@Override
	public void close() {
		try {
			this.commands.close();
		}
		catch (IOException ex) {
			// It is gone already, which is what this is for.
		}
		boolean interrupted = false;
		try {
			if (!this.process.waitFor(5, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
			}
		}
		catch (InterruptedException ex) {
			interrupted = true;
			this.process.destroyForcibly();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
