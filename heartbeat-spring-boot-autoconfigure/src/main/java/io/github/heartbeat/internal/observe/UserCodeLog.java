package io.github.heartbeat.internal.observe;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * Logs what the code of users throws at one client. The first exception of a place is
 * logged at WARN with the stack frames of it and of its causes, but without any exception
 * message, which may contain a payload or a token. Repeats are counted, with a line a
 * minute. At DEBUG each exception is logged completely.
 * <p>
 * A place is a kind of callback with its detail, the class of the exception and its top
 * frame. Lines are written on another thread because an appender can block.
 */
public final class UserCodeLog {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	private static final long SUMMARY_NANOS = TimeUnit.MINUTES.toNanos(1);

	/** The maximum number of places that are counted separately. */
	static final int MAX_PLACES = 100;

	/** The maximum number of complete exceptions that wait to be logged. */
	private static final int MAX_WAITING = 100;

	private static final Place OTHERS = new Place(null, "", "", null);

	private final String clientName;

	private final Ticker ticker;

	private final Executor executor;

	private final AtomicInteger waiting = new AtomicInteger();

	@GuardedBy("this")
	private final Map<Place, Repeats> places = new HashMap<>();

	public UserCodeLog(String clientName, EngineResources resources) {
		this.clientName = clientName;
		this.ticker = resources.ticker();
		this.executor = resources.logs();
	}

	/**
	 * Log an exception. Never throws.
	 * @param callback the callback that threw it
	 * @param failure the exception
	 */
	public void thrown(Callback callback, Throwable failure) {
		thrown(callback, "", failure);
	}

	/**
	 * Log an exception. Never throws.
	 * @param callback the callback that threw it
	 * @param detail the part of the sentence that names the method, or an empty text
	 * @param failure the exception
	 */
	public void thrown(Callback callback, String detail, Throwable failure) {
		try {
			log(callback, detail, failure);
		}
		catch (Throwable ex) {
			logger.debug("An exception of user code was not logged", ex);
		}
	}

	private void log(Callback callback, String detail, Throwable failure) {
		Place place = new Place(callback, detail, failure.getClass().getName(), StackTraceText.topFrame(failure));
		String sentence = callback.sentence(this.clientName, detail, failure);
		Line line = count(place);
		if (line.isFirst()) {
			warnFirst(line.place(), callback, sentence, failure);
		}
		else if (line.repeats() > 0) {
			this.executor.execute(() -> logger.warn(summary(line, sentence)));
		}
		if (logger.isDebugEnabled() && this.waiting.get() < MAX_WAITING) {
			debug(sentence, failure);
		}
	}

	/**
	 * If the line cannot be submitted, the next exception of the place is the first
	 * again.
	 */
	private void warnFirst(Place place, Callback callback, String sentence, Throwable failure) {
		try {
			this.executor.execute(() -> logger.warn(firstLine(place, callback, sentence, failure)));
		}
		catch (RuntimeException | Error ex) {
			forget(place);
			throw ex;
		}
	}

	private void debug(String sentence, Throwable failure) {
		this.waiting.incrementAndGet();
		try {
			this.executor.execute(() -> {
				this.waiting.decrementAndGet();
				logger.debug(sentence, failure);
			});
		}
		catch (RuntimeException | Error ex) {
			this.waiting.decrementAndGet();
			throw ex;
		}
	}

	private synchronized void forget(Place place) {
		this.places.remove(place);
	}

	private synchronized Line count(Place place) {
		long now = this.ticker.nanoTime();
		boolean separate = this.places.containsKey(place) || this.places.size() < MAX_PLACES;
		Place counted = separate ? place : OTHERS;
		Repeats repeats = this.places.get(counted);
		if (repeats == null) {
			this.places.put(counted, new Repeats(now));
			return new Line(counted, true, 0, 0);
		}
		repeats.count++;
		long nanos = now - repeats.lastLine;
		if (nanos < SUMMARY_NANOS) {
			return new Line(counted, false, 0, 0);
		}
		Line line = new Line(counted, false, repeats.count, nanos);
		repeats.lastLine = now;
		repeats.count = 0;
		return line;
	}

	private String firstLine(Place place, Callback callback, String sentence, Throwable failure) {
		if (place == OTHERS) {
			return "User code threw exceptions at more than " + MAX_PLACES + " places for client '" + this.clientName
					+ "'; those of further places are counted together";
		}
		return sentence + callback.consequence() + " (DEBUG shows the exception messages)"
				+ StackTraceText.withoutMessages(failure);
	}

	private String summary(Line line, String sentence) {
		String times = " " + line.repeats() + " times in " + OutageLog.readable(line.nanos());
		if (line.place() == OTHERS) {
			return "User code threw exceptions at further places for client '" + this.clientName + "'" + times;
		}
		StackTraceElement frame = line.place().topFrame();
		return sentence + times + ((frame != null) ? ", at " + frame : "");
	}

	/**
	 * The callbacks that users implement.
	 */
	public enum Callback {

		/** The {@code open} hook of a listener. */
		OPEN("A listener", " from its open hook", ""),

		/** The {@code message} hook of a listener. */
		MESSAGE("A listener", " from its message hook", ""),

		/** The {@code error} hook of a listener. */
		ERROR("A listener", " from its error hook", ""),

		/** The {@code close} hook of a listener. */
		CLOSE("A listener", " from its close hook", ""),

		/** The {@code reconnect} hook of a listener. */
		RECONNECT("A listener", " from its reconnect hook", ""),

		/** The {@code exhausted} hook of a listener. */
		EXHAUSTED("A listener", " from its exhausted hook", ""),

		/** The {@code lease-granted} hook of a listener. */
		LEASE_GRANTED("A listener", " from its lease-granted hook", ""),

		/** The {@code lease-lost} hook of a listener. */
		LEASE_LOST("A listener", " from its lease-lost hook", ""),

		/** A listener method. The detail names it. */
		METHOD("The listener method", "", ""),

		/** The conversion of a message. The detail names the type and the method. */
		CONVERSION("The conversion of a message", "", "; the method is not called"),

		/** The conversion of a result. The detail names the type and the method. */
		RESULT_CONVERSION("The conversion of a result", "", "; the result is not sent"),

		/** The question which clients a listener supports. */
		LISTENER_SUPPORTS("A listener", " from supports()", "; it is not called for this client"),

		/** A handshake customizer. */
		HANDSHAKE_CUSTOMIZER("A handshake customizer", "", "; the attempt fails"),

		/** A session initializer. */
		SESSION_INITIALIZER("A session initializer", "", ""),

		/** A ping-message supplier. */
		PING_MESSAGE_SUPPLIER("A ping-message supplier", "", "; an empty ping frame is sent instead"),

		/** The supplier of a subscription. */
		SUBSCRIPTION("The supplier of a subscription", "", "; it is asked again for the next connection"),

		/** A reconnect policy. */
		RECONNECT_POLICY("A reconnect policy", "", "; the other policies and the settings decide"),

		/** The question which clients a pong matcher supports. */
		PONG_MATCHER_SUPPORTS("A pong matcher", " from supports()", "; it is not used for this client"),

		/** A pong matcher. */
		PONG_MATCHER("A pong matcher", "", "; it does not accept the message"),

		/** An observer. */
		OBSERVER("An observer", "", ""),

		/** An observer factory. */
		OBSERVER_FACTORY("An observer factory", "", "; it does not observe this client");

		private final String subject;

		private final String origin;

		private final String consequence;

		Callback(String subject, String origin, String consequence) {
			this.subject = subject;
			this.origin = origin;
			this.consequence = consequence;
		}

		/**
		 * Return a sentence with the class of an exception, without a full stop.
		 * @param clientName the name of the client
		 * @param failure the exception
		 * @return the sentence
		 */
		public String sentence(String clientName, Throwable failure) {
			return sentence(clientName, "", failure);
		}

		/**
		 * Return a sentence with the class of an exception, without a full stop.
		 * @param clientName the name of the client
		 * @param detail the part of the sentence that names the method, or an empty text
		 * @param failure the exception
		 * @return the sentence
		 */
		public String sentence(String clientName, String detail, Throwable failure) {
			return this.subject + " of client '" + clientName + "'" + detail + " threw " + failure.getClass().getName()
					+ this.origin;
		}

		String consequence() {
			return this.consequence;
		}

	}

	private record Place(@Nullable Callback callback, String detail, String exception,
			@Nullable StackTraceElement topFrame) {
	}

	/**
	 * Whether and how an exception is logged at WARN.
	 *
	 * @param place the place where it is counted
	 * @param isFirst whether it is the first of its place
	 * @param repeats the repeats to report, or 0
	 * @param nanos the time in which they happened
	 */
	private record Line(Place place, boolean isFirst, long repeats, long nanos) {
	}

	private static final class Repeats {

		private long lastLine;

		private long count;

		Repeats(long lastLine) {
			this.lastLine = lastLine;
		}

	}

}
