package io.github.heartbeat.internal.hook;

import io.github.heartbeat.internal.runtime.EngineLog;
import org.slf4j.MDC;

import org.springframework.util.ClassUtils;

/**
 * Puts the name of a client in SLF4J's mapped diagnostic context (MDC) while a hook of
 * the client runs. SLF4J is an optional dependency.
 */
public final class HookMdc {

	private static final EngineLog logger = EngineLog.of(HookMdc.class);

	/** The key of the name. */
	public static final String KEY = "heartbeat.client";

	private final String clientName;

	public HookMdc(String clientName) {
		this.clientName = clientName;
	}

	/**
	 * Whether SLF4J is on the classpath.
	 */
	public static boolean isAvailable() {
		return ClassUtils.isPresent("org.slf4j.MDC", HookMdc.class.getClassLoader());
	}

	/**
	 * A hook begins on this thread. Never throws.
	 */
	void put() {
		try {
			MDC.put(KEY, this.clientName);
		}
		catch (Throwable ex) {
			logger.debug("The MDC was not set", ex);
		}
	}

	/**
	 * The hook has returned. Never throws.
	 */
	void remove() {
		try {
			MDC.remove(KEY);
		}
		catch (Throwable ex) {
			logger.debug("The MDC was not cleared", ex);
		}
	}

}
