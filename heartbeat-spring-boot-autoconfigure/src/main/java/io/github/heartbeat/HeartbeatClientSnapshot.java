package io.github.heartbeat;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * State of a client at one moment. Contains no secrets. Times are truncated to
 * milliseconds.
 *
 * @param state the state
 * @param since the time at which the client entered the state
 * @param repeat reconnect attempts since the last proven connection
 * @param reconnects reconnect attempts since the client was created
 * @param outageSince the time at which the last proven connection was lost or the
 * attempts started, or {@code null} while the client is connected or not supposed to be
 * @param lastReceived the time at which data was last received on any connection, or
 * {@code null}
 * @param lastClose the end of the last connection, or {@code null}
 * @param lastError the last error, or {@code null}
 * @param nextAttempt the time at which the next attempt starts, or {@code null} if none
 * is scheduled
 * @param slowHook the running hook, if it has run for longer than {@code ping-timeout}
 * and {@code pong-timeout} together, or {@code null}
 * @param pendingSends messages that wait to be written, except those of
 * {@code send.on-open}, open hooks and subscriptions
 * @param subscriptions active subscriptions
 * @param compressed whether the server accepted compression for the current connection;
 * {@code false} if there is no connection
 * @param lease the lease of a led client, or {@code null} if the client is not led
 * @param taken the time of this snapshot
 * @since 0.1.0
 * @see HeartbeatClient#getSnapshot()
 */
public record HeartbeatClientSnapshot(HeartbeatClientState state, Instant since, int repeat, long reconnects,
		@Nullable Instant outageSince, @Nullable Instant lastReceived, @Nullable Close lastClose,
		@Nullable Failure lastError, @Nullable Instant nextAttempt, @Nullable SlowHook slowHook, int pendingSends,
		int subscriptions, boolean compressed, @Nullable Lease lease, Instant taken) {

	/**
	 * End of a connection.
	 *
	 * @param at when
	 * @param code the close code
	 * @param initiator the side that ended the connection
	 */
	public record Close(Instant at, int code, HeartbeatInitiator initiator) {
	}

	/**
	 * Error of a client.
	 *
	 * @param at when
	 * @param cause the error
	 */
	public record Failure(Instant at, HeartbeatConnectionException cause) {
	}

	/**
	 * Lease of a led client, as this replica sees it.
	 *
	 * @param name the name of the lease in its store
	 * @param held whether this replica holds it and may connect
	 * @param holder this replica, or {@code null} while it does not hold the lease
	 * @param token the fencing token, or {@code null} if the store has none
	 * @param grantedAt the time at which this replica acquired it, or {@code null}
	 * @param validUntil the time at which the connection is closed unless the lease is
	 * renewed, or {@code null}
	 * @param renewedAt the time of the last renewal, or {@code null}
	 * @param silentSince the time since which the store has not answered, or {@code null}
	 * if it answered the last call
	 * @param error the class of the exception of the last call, or {@code null}
	 */
	public record Lease(String name, boolean held, @Nullable String holder, @Nullable Long token,
			@Nullable Instant grantedAt, @Nullable Instant validUntil, @Nullable Instant renewedAt,
			@Nullable Instant silentSince, @Nullable String error) {
	}

	/**
	 * Hook that takes too long.
	 *
	 * @param hook the name of the hook: {@code open}, {@code message}, {@code error},
	 * {@code close}, {@code reconnect} or {@code exhausted}
	 * @param since the time at which the hook started
	 */
	public record SlowHook(String hook, Instant since) {
	}

}
