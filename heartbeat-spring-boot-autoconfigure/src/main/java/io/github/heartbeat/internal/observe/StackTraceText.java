package io.github.heartbeat.internal.observe;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import io.github.heartbeat.internal.runtime.EngineLog;
import org.jspecify.annotations.Nullable;

/**
 * Stack traces with class names and frames, but without exception messages.
 */
final class StackTraceText {

	private static final EngineLog logger = EngineLog.of(StackTraceText.class);

	private static final int MAX_FRAMES = 50;

	private static final int MAX_THROWABLES = 20;

	private final StringBuilder text = new StringBuilder();

	private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

	private StackTraceText() {
	}

	/**
	 * Return the innermost frame of an exception, or {@code null} if it has none.
	 */
	static @Nullable StackTraceElement topFrame(Throwable failure) {
		StackTraceElement[] frames = frames(failure);
		return (frames.length > 0) ? frames[0] : null;
	}

	/**
	 * Return the frames of an exception. An exception of a user may throw another here.
	 */
	private static StackTraceElement[] frames(Throwable failure) {
		try {
			return failure.getStackTrace();
		}
		catch (Throwable ex) {
			logger.debug("An exception has no readable stack frames", ex);
			return new StackTraceElement[0];
		}
	}

	private static @Nullable Throwable cause(Throwable failure) {
		try {
			return failure.getCause();
		}
		catch (Throwable ex) {
			logger.debug("An exception has no readable cause", ex);
			return null;
		}
	}

	/**
	 * Return the frames of an exception, of its causes and of its suppressed exceptions.
	 * Frames that a cause shares with the enclosing exception are omitted, as in
	 * {@link Throwable#printStackTrace()}.
	 * @param failure the exception, whose own class is not part of the text
	 * @return the text; each line begins with a line break
	 */
	static String withoutMessages(Throwable failure) {
		StackTraceText text = new StackTraceText();
		text.seen.add(failure);
		text.appendBody(failure, new StackTraceElement[0], "");
		return text.text.toString();
	}

	private void append(Throwable failure, StackTraceElement[] enclosing, String indent, String caption) {
		this.text.append('\n').append(indent).append(caption);
		if (this.seen.size() >= MAX_THROWABLES) {
			this.text.append("...");
		}
		else if (this.seen.add(failure)) {
			this.text.append(failure.getClass().getName());
			appendBody(failure, enclosing, indent);
		}
		else {
			this.text.append("[circular reference: ").append(failure.getClass().getName()).append(']');
		}
	}

	private void appendBody(Throwable failure, StackTraceElement[] enclosing, String indent) {
		StackTraceElement[] frames = frames(failure);
		int own = frames.length - common(frames, enclosing);
		int shown = Math.min(own, MAX_FRAMES);
		for (int i = 0; i < shown; i++) {
			this.text.append('\n').append(indent).append("\tat ").append(frames[i]);
		}
		if (shown < frames.length) {
			this.text.append('\n').append(indent).append("\t... ").append(frames.length - shown).append(" more");
		}
		for (Throwable suppressed : failure.getSuppressed()) {
			append(suppressed, frames, indent + "\t", "Suppressed: ");
		}
		Throwable cause = cause(failure);
		if (cause != null) {
			append(cause, frames, indent, "Caused by: ");
		}
	}

	private static int common(StackTraceElement[] frames, StackTraceElement[] enclosing) {
		int common = 0;
		while (common < frames.length && common < enclosing.length
				&& frames[frames.length - 1 - common].equals(enclosing[enclosing.length - 1 - common])) {
			common++;
		}
		return common;
	}

}
