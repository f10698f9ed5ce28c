package io.github.heartbeat;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What there is to know of a client at one moment. Carries no secrets.
 *
 * @param state the state
 * @param since when the client got into that state
 * @param repeat reconnect attempts since the last proven connection
 * @param reconnects reconnect attempts that were scheduled since the client was created
 * @param outageSince when the last proven connection was lost, or the attempts began; or
 * {@code null} while there is a connection or nobody wants one
 * @param lastReceived when something was received last, on whatever connection, or
 * {@code null} if nothing was
 * @param lastClose how the last connection ended, or {@code null} if none has
 * @param lastError what went wrong last, or {@code null} if nothing has
 * @param nextAttempt when the next attempt begins, or {@code null} if none is scheduled
 * @param slowHook the hook that runs and has run for longer than {@code ping-timeout} and
 * {@code pong-timeout} together, or {@code null}
 * @param pendingSends messages that wait to be written, but for those of an open hook
 * @param taken when this was so
 * @since 0.1.0
 * @see HeartbeatClient#getSnapshot()
 */
public record HeartbeatClientSnapshot(HeartbeatClientState state, Instant since, int repeat, long reconnects,
		@Nullable Instant outageSince, @Nullable Instant lastReceived, @Nullable Close lastClose,
		@Nullable Failure lastError, @Nullable Instant nextAttempt, @Nullable SlowHook slowHook, int pendingSends,
		Instant taken) {

	/**
	 * The end of a connection.
	 *
	 * @param at when
	 * @param code the close code
	 * @param initiator who ended it
	 */
	public record Close(Instant at, int code, HeartbeatInitiator initiator) {
	}

	/**
	 * Something that went wrong.
	 *
	 * @param at when
	 * @param cause what
	 */
	public record Failure(Instant at, HeartbeatConnectionException cause) {
	}

	/**
	 * A hook that takes long.
	 *
	 * @param hook which one: {@code open}, {@code message}, {@code error}, {@code close},
	 * {@code reconnect} or {@code exhausted}
	 * @param since when it began
	 */
	public record SlowHook(String hook, Instant since) {
	}

}
