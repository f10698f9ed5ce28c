package io.github.heartbeat.internal.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.heartbeat.test.internal.ManualEngine;
import io.github.heartbeat.testing.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests executors that temporarily have no threads, and what they log.
 */
class ThreadShortageLogTests {

	@RegisterExtension
	private final CapturedLog captured = new CapturedLog("io.github.heartbeat.HeartbeatClient");

	private final ManualEngine engine = new ManualEngine();

	private final ThreadShortageLog log = new ThreadShortageLog(this.engine);

	private final List<String> run = new ArrayList<>();

	private boolean shortage;

	@Test
	void aShortageIsALineASummaryAMinuteAndAnEnd() {
		for (int i = 0; i < 1300; i++) {
			this.log.refused();
			this.engine.advance(Duration.ofMillis(100));
		}
		this.log.started();
		assertThat(this.captured.lines()).as("a thread may have become free for a moment").hasSize(3);
		this.engine.advance(Duration.ofSeconds(5));
		this.log.started();
		this.log.started();
		assertThat(this.captured.lines()).extracting(ILoggingEvent::toString)
			.containsExactly("[ERROR] The operating system refuses to start threads for the clients; retrying",
					"[ERROR] The operating system still refuses to start threads for the clients, after 601 refusals; "
							+ "retrying",
					"[ERROR] The operating system still refuses to start threads for the clients, after 1201 refusals; "
							+ "retrying",
					"[INFO] Threads can be started for the clients again, after 1300 refusals");
	}

	@Test
	void theNextShortageIsLoggedAgain() {
		this.log.refused();
		this.engine.advance(Duration.ofSeconds(6));
		this.log.started();
		this.log.refused();
		assertThat(this.captured.lines()).extracting(ILoggingEvent::toString)
			.containsExactly("[ERROR] The operating system refuses to start threads for the clients; retrying",
					"[INFO] Threads can be started for the clients again, after 1 refusals",
					"[ERROR] The operating system refuses to start threads for the clients; retrying");
	}

	@Test
	void allTasksRunInOrderAfterAShortage() {
		RetryingExecutor executor = new RetryingExecutor(this::execute, this.engine, this.log, Runnable::run);
		executor.execute(() -> this.run.add("before"));
		this.shortage = true;
		for (int i = 0; i < 1000; i++) {
			String task = "during " + i;
			executor.execute(() -> this.run.add(task));
			this.engine.advance(Duration.ofMillis(10));
		}
		assertThat(this.run).containsExactly("before");
		this.shortage = false;
		executor.execute(() -> this.run.add("after"));
		this.engine.advance(Duration.ofSeconds(1));
		assertThat(this.run).hasSize(1002).startsWith("before", "during 0", "during 1").endsWith("during 999", "after");
		assertThat(this.captured.lines()).hasSize(1);
	}

	private void execute(Runnable task) {
		if (this.shortage) {
			throw new OutOfMemoryError("unable to create native thread");
		}
		task.run();
	}

}
