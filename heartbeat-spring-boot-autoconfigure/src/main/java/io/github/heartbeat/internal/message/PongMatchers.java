package io.github.heartbeat.internal.message;

import java.util.List;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatPongMatcher;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.Interrupts;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * The pong matchers of one client, asked in their order.
 */
public final class PongMatchers {

	private final String clientName;

	private final Supplier<List<HeartbeatPongMatcher>> candidates;

	private final UserCodeLog userCodeLog;

	/** An array, because iterating over it is cheapest on the hot path. */
	private volatile HeartbeatPongMatcher[] matchers = {};

	@GuardedBy("this")
	private boolean started;

	public PongMatchers(String clientName, Supplier<List<HeartbeatPongMatcher>> candidates, UserCodeLog userCodeLog) {
		this.clientName = clientName;
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
	 * Whether a matcher accepts a message.
	 */
	public boolean isPong(WebSocketMessage<?> message) {
		for (HeartbeatPongMatcher matcher : this.matchers) {
			if (isPong(matcher, message)) {
				return true;
			}
		}
		return false;
	}

	private boolean isPong(HeartbeatPongMatcher matcher, WebSocketMessage<?> message) {
		try {
			return matcher.isPong((message instanceof BinaryMessage binary)
					? new BinaryMessage(binary.getPayload().asReadOnlyBuffer()) : message);
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
