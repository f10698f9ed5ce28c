package io.github.heartbeat.internal.client;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.github.heartbeat.testing.AllocationFaults;
import io.github.heartbeat.testing.Faults;
import io.github.heartbeat.testing.Faults.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Guarantee 8: whatever fails, and wherever it fails, a client recovers without
 * intervention when the shortage ends. Every call that a cycle reaches fails once, both
 * alone and together with the following calls.
 */
@Timeout(120)
class FaultInjectionTests {

	private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final TurboFilter filter = new FaultyFilter();

	private Level level;

	private Logger ours() {
		return this.context.getLogger("io.github.heartbeat");
	}

	@BeforeEach
	void addFilter() {
		this.level = ours().getLevel();
		ours().setAdditive(false);
		this.context.addTurboFilter(this.filter);
	}

	@AfterEach
	void removeFilter() {
		Faults.disarm();
		this.context.getTurboFilterList().remove(this.filter);
		ours().setAdditive(true);
		ours().setLevel(this.level);
	}

	@ParameterizedTest
	@CsvSource({ "ALLOCATION, 1", "ALLOCATION, 2", "ALLOCATION, 10", "ALLOCATION, 200", "EXECUTOR, 1", "EXECUTOR, 5",
			"LOST_TASK, 1", "LOST_TASK, 5", "TIMER, 1", "TIMER, 5", "LOST_TIMEOUT, 1", "LOST_TIMEOUT, 5", "LOGGER, 1",
			"LOGGER, 20" })
	void aClientGoesOnByItselfWhateverFails(Kind kind, long count) throws Exception {
		verifyEachCall(kind, count, false);
	}

	@ParameterizedTest
	@CsvSource({ "ALLOCATION, 1", "ALLOCATION, 10", "EXECUTOR, 1", "LOST_TASK, 1", "TIMER, 1", "LOST_TIMEOUT, 1",
			"LOGGER, 1" })
	void aClientThatLogsInGoesOnByItselfWhateverFails(Kind kind, long count) throws Exception {
		verifyEachCall(kind, count, true);
	}

	private void verifyEachCall(Kind kind, long count, boolean login) throws Exception {
		if (kind == Kind.LOGGER) {
			ours().setLevel(Level.TRACE);
		}
		Constructor<?> cycle = new AllocationFaults(ClientStateMachine.class, "io.github.heartbeat.internal",
				"io.github.heartbeat.test")
			.loadClass(FaultCycle.class.getName())
			.getConstructor(Kind.class, long.class, long.class, boolean.class);
		long calls = run(cycle, kind, Long.MAX_VALUE, 0, login);
		assertThat(calls).as("calls that may fail").isGreaterThan((kind == Kind.ALLOCATION) ? 500 : 10);
		List<String> failures = new ArrayList<>();
		for (long from = 1; from <= calls && failures.size() < 20; from++) {
			try {
				run(cycle, kind, from, count, login);
			}
			catch (IllegalStateException ex) {
				failures.add("call " + from + " of " + calls + ": " + ex.getMessage());
			}
		}
		assertThat(failures).isEmpty();
	}

	private static long run(Constructor<?> constructor, Kind kind, long from, long count, boolean login)
			throws Exception {
		Object cycle = constructor.newInstance(kind, from, count, login);
		((Runnable) cycle).run();
		return (long) cycle.getClass().getMethod("calls").invoke(cycle);
	}

	private static final class FaultyFilter extends TurboFilter {

		@Override
		public FilterReply decide(Marker marker, Logger logger, Level level, String format, Object[] params,
				Throwable thrown) {
			if (logger.getName().startsWith("io.github.heartbeat") && Faults.fails(Kind.LOGGER)) {
				throw new IllegalStateException("No space left on the device, for the test");
			}
			return FilterReply.NEUTRAL;
		}

	}

}
