package io.github.heartbeat.internal.message;

import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatPongMatcher;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.Interrupts;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * The pong matchers of one client, asked in their order.
 */
public final class PongMatchers {

	private final String clientName;

	private final @Nullable String pongMsg;

	private final @Nullable Pattern pongPattern;

	private final Supplier<List<HeartbeatPongMatcher>> candidates;

	private final UserCodeLog userCodeLog;

	/** An array, because iterating over it is cheapest on the hot path. */
	private volatile HeartbeatPongMatcher[] matchers = {};

	@GuardedBy("this")
	private boolean started;

	public PongMatchers(String clientName, HeartbeatClientSettings settings,
			Supplier<List<HeartbeatPongMatcher>> candidates, UserCodeLog userCodeLog) {
		this.clientName = clientName;
		this.pongMsg = settings.getPongMsg();
		String pongPattern = settings.getPongPattern();
		this.pongPattern = (pongPattern != null) ? Pattern.compile(pongPattern) : null;
		this.candidates = candidates;
		this.userCodeLog = userCodeLog;
	}

	/**
	 * Look up the matchers, once. This happens on start, so that clients can be injected
	 * into matchers.
	 */
	public synchronized void start() {
		if (!this.started) {
			this.matchers = this.candidates.get()
				.stream()
				.filter(this::isSupporting)
				.toArray(HeartbeatPongMatcher[]::new);
			this.started = true;
		}
	}

	private boolean isSupporting(HeartbeatPongMatcher matcher) {
		try {
			return matcher.supports(this.clientName);
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.PONG_MATCHER_SUPPORTS, ex);
			return false;
		}
	}

	/**
	 * Whether a message is a heartbeat answer: by {@code pong-msg}, by
	 * {@code pong-pattern} or by a matcher.
	 */
	public boolean isPong(WebSocketMessage<?> message) {
		if (message instanceof TextMessage text && isPong(text.getPayload())) {
			return true;
		}
		for (HeartbeatPongMatcher matcher : this.matchers) {
			if (isPong(matcher, message)) {
				return true;
			}
		}
		return false;
	}

	private boolean isPong(String text) {
		return text.equals(this.pongMsg) || (this.pongPattern != null && this.pongPattern.matcher(text).find());
	}

	private boolean isPong(HeartbeatPongMatcher matcher, WebSocketMessage<?> message) {
		try {
			return matcher.isPong(DirectReaders.separate(message));
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.PONG_MATCHER, ex);
			return false;
		}
		finally {
			Interrupts.clear();
		}
	}

}
