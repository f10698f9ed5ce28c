package io.github.heartbeat.internal.runtime;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A logger that never throws. Appenders and filters can throw: Log4j's with
 * {@code ignoreExceptions="false"} on a full disk, or any of them when the heap is
 * exhausted. A line that cannot be written is dropped, because the code after the log
 * statement must run in any case.
 */
public final class EngineLog {

	private final Log log;

	private EngineLog(Log log) {
		this.log = log;
	}

	public static EngineLog of(Class<?> type) {
		return new EngineLog(LogFactory.getLog(type));
	}

	public static EngineLog of(String name) {
		return new EngineLog(LogFactory.getLog(name));
	}

	public boolean isDebugEnabled() {
		try {
			return this.log.isDebugEnabled();
		}
		catch (Throwable ex) {
			return drop();
		}
	}

	public boolean isTraceEnabled() {
		try {
			return this.log.isTraceEnabled();
		}
		catch (Throwable ex) {
			return drop();
		}
	}

	public void trace(String message) {
		trace(message, null);
	}

	public void trace(String message, @Nullable Throwable thrown) {
		try {
			this.log.trace(message, thrown);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	public void debug(String message) {
		debug(message, null);
	}

	public void debug(String message, @Nullable Throwable thrown) {
		try {
			this.log.debug(message, thrown);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	public void info(String message) {
		try {
			this.log.info(message);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	public void warn(String message) {
		try {
			this.log.warn(message);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	public void error(String message) {
		error(message, null);
	}

	public void error(String message, @Nullable Throwable thrown) {
		try {
			this.log.error(message, thrown);
		}
		catch (Throwable ex) {
			drop();
		}
	}

	/**
	 * Ignores the failure: logging is the only place where it could be reported.
	 */
	private static boolean drop() {
		return false;
	}

}
