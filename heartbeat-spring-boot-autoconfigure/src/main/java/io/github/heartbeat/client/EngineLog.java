package io.github.heartbeat.client;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A logger that never throws. Appenders and filters may: Log4j's with
 * {@code ignoreExceptions="false"} on a full disk, or any of them when the heap is
 * exhausted. A line that cannot be written is dropped, since what follows it in the
 * engine must happen in any case.
 */
final class EngineLog {

	private final Log log;

	private EngineLog(Log log) {
		this.log = log;
	}

	static EngineLog of(Class<?> type) {
		return new EngineLog(LogFactory.getLog(type));
	}

	static EngineLog of(String name) {
		return new EngineLog(LogFactory.getLog(name));
	}

	boolean isDebugEnabled() {
		try {
			return this.log.isDebugEnabled();
		}
		catch (Throwable ex) {
			return drop();
		}
	}

	boolean isTraceEnabled() {
		try {
			return this.log.isTraceEnabled();
		}
		catch (Throwable ex) {
			return drop();
		}
	}

	void trace(String message) {
		trace(message, null);
	}

	void trace(String message, @Nullable Throwable thrown) {
		try {
			this.log.trace(message, thrown);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	void debug(String message) {
		debug(message, null);
	}

	void debug(String message, @Nullable Throwable thrown) {
		try {
			this.log.debug(message, thrown);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	void info(String message) {
		try {
			this.log.info(message);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	void warn(String message) {
		try {
			this.log.warn(message);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	void error(String message) {
		error(message, null);
	}

	void error(String message, @Nullable Throwable thrown) {
		try {
			this.log.error(message, thrown);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	/**
	 * There is nowhere left to report to.
	 */
	private static boolean drop() {
		return false;
	}

}
