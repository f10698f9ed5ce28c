package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests logging that temporarily throws, together with a listener that throws at the same
 * time.
 */
class FailingLogIntegrationTests extends EachContainer {

	private static final String NAME = "failing-log";

	private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final FailingFilter filter = new FailingFilter();

	@AfterEach
	void removeFilter() {
		this.context.getTurboFilterList().remove(this.filter);
	}

	@Test
	void aClientWorksAfterLoggingThrewAnException() throws Exception {
		assertThatAClientWorksAfterwards(() -> new IllegalStateException("No space left on device, on purpose"));
	}

	@Test
	void aClientWorksAfterLoggingThrewAnError() throws Exception {
		assertThatAClientWorksAfterwards(() -> new OutOfMemoryError("On purpose"));
	}

	private void assertThatAClientWorksAfterwards(Supplier<Throwable> failure) throws Exception {
		HeartbeatClient client = clients().create(NAME,
				settings().pingTimeout(Duration.ofMillis(500))
					.pongTimeout(Duration.ofMillis(500))
					.listener(new HeartbeatListener() {
						@Override
						public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
							if (FailingLogIntegrationTests.this.filter.failure != null) {
								throw new IllegalStateException("The listener fails too, on purpose");
							}
						}
					})
					.build());
		log().await("OPEN");
		this.filter.failure = failure;
		this.context.addTurboFilter(this.filter);
		server().connection(1).drop();
		log().await("OPEN again");
		assertThat(this.filter.thrown).as("failures of the log").hasPositiveValue();
		this.filter.failure = null;
		client.send("hello").get();
		log().await("MESSAGE hello");
		server().behave(Behaviour.FROZEN);
		server().connections().forEach((connection) -> connection.alongside((same) -> same.drop()));
		log().await("OPEN again", 2);
		long frozen = System.nanoTime();
		assertThat(log().await("CLOSE 1006 HEARTBEAT").secondsSince(frozen)).isLessThan(4);
	}

	/**
	 * Throws when the engine logs a message about the client of this test.
	 */
	private static final class FailingFilter extends TurboFilter {

		private final AtomicInteger thrown = new AtomicInteger();

		private volatile Supplier<Throwable> failure;

		@Override
		public FilterReply decide(Marker marker, Logger logger, Level level, String format, Object[] params,
				Throwable throwable) {
			Supplier<Throwable> failure = this.failure;
			if (failure != null && format != null && format.contains(NAME)) {
				this.thrown.incrementAndGet();
				throwAny(failure.get());
			}
			return FilterReply.NEUTRAL;
		}

		@SuppressWarnings("unchecked")
		private static <T extends Throwable> void throwAny(Throwable throwable) throws T {
			throw (T) throwable;
		}

	}

}
