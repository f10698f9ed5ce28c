package io.github.heartbeat.demo.replica;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.stereotype.Component;

/**
 * Freezes or kills the process of this replica.
 */
@Component
@Profile("replica")
public class ReplicaProcess {

	/** Time for the answer to reach the page. */
	private static final Duration DELAY = Duration.ofMillis(200);

	/** As after {@code kill -9}. */
	private static final int KILLED = 137;

	/**
	 * The shell ignores the signals of a terminal. Otherwise Ctrl+C would end it, and the
	 * frozen process would not continue.
	 */
	private static final String FREEZE = "trap '' HUP INT TERM; sleep 0.2; kill -STOP $1; sleep $2; kill -CONT $1";

	private final long pid = ProcessHandle.current().pid();

	private final TaskScheduler scheduler;

	private final Path shell;

	ReplicaProcess(TaskScheduler scheduler, @Value("${demo.replica.shell}") Path shell) {
		this.scheduler = scheduler;
		this.shell = shell;
	}

	/**
	 * Return the ID of the process.
	 * @return the ID
	 */
	public long pid() {
		return this.pid;
	}

	/**
	 * Return why the process cannot be frozen.
	 * @return the reason, or {@code null} if it can be frozen
	 */
	public @Nullable String whyNotFreezable() {
		if (!Files.isExecutable(this.shell)) {
			return "Freezing needs the signals and the shell of a POSIX system; " + this.shell + " does not exist.";
		}
		return (this.pid == 1) ? "The kernel does not stop process 1 of a container." : null;
	}

	/**
	 * Stop the process with SIGSTOP in a moment. A shell is started first, which sends
	 * both signals.
	 * @param seconds after how many seconds the process continues
	 * @throws IOException if the shell cannot be started
	 */
	void freeze(long seconds) throws IOException {
		new ProcessBuilder(this.shell.toString(), "-c", FREEZE, "freeze", String.valueOf(this.pid),
				String.valueOf(seconds))
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	/**
	 * End the process in a moment, without closing anything.
	 */
	void kill() {
		this.scheduler.schedule(() -> Runtime.getRuntime().halt(KILLED),
				this.scheduler.getClock().instant().plus(DELAY));
	}

}
