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
 * Parent side of a child process. Waits for each reply at most as long as the caller
 * specifies. Closing this object ends the process, whatever its state.
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
	 * Start a JVM with the class path of this JVM.
	 * @param name the name of the process
	 * @param javaHome the JDK that runs the process
	 * @param flags the flags of the JVM
	 * @param main the class whose main method serves commands
	 * @param arguments the arguments of the main method
	 * @param directory the directory of the log
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
	 * Send a command. The reply is awaited separately.
	 */
	public void tell(String command) throws IOException {
		this.commands.write(command + "\n");
		this.commands.flush();
	}

	/**
	 * Await the reply to a command.
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
	 * Send a command and await its reply.
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
			// The process has already ended, as intended.
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
