package io.github.heartbeat.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Connects all WebSocket clients of a test's application context to a
 * {@link HeartbeatTestServer} inside the JVM. No socket is opened, whatever the urls of
 * the clients are. After each test the server and the clients are reset, so that the
 * context can stay cached.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface AutoConfigureHeartbeatServer {

	/**
	 * The clock of the clients.
	 * @return the clock
	 */
	Clock clock() default Clock.REAL;

	/**
	 * A clock of the clients.
	 */
	enum Clock {

		/**
		 * The clock of the system. The clients have their own threads, and the methods of
		 * {@link HeartbeatTestServer} and {@link HeartbeatAssertions} wait up to 5
		 * seconds for what they expect.
		 */
		REAL,

		/**
		 * A {@link HeartbeatTestClock}, which the test advances. The clients run on the
		 * thread of the test, while it calls a method of the clock, of
		 * {@link HeartbeatTestServer} or of {@link HeartbeatAssertions}.
		 */
		MANUAL

	}

}
