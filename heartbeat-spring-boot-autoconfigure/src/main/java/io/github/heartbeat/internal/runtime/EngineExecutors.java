package io.github.heartbeat.internal.runtime;

import java.util.concurrent.Executor;

/**
 * Executors that all clients share. Tasks are separated by what can block them.
 *
 * @param connects runs connection attempts, which block
 * @param io runs writes and closes, which may block
 * @param cancels runs cancellations that unblock tasks of other executors, so it never
 * waits for those
 * @param aborts closes sockets without a close handshake, which can unblock tasks of
 * other executors; starts slightly later while the timer lags
 * @param hooks runs user code
 * @param futures completes futures of users
 * @param logs writes log lines one at a time and in order; an appender that blocks delays
 * nothing else. While the timer lags the lines wait, so that a burst of lines does not
 * compete with the work that it reports
 */
public record EngineExecutors(Executor connects, Executor io, Executor cancels, Executor aborts, Executor hooks,
		Executor futures, Executor logs) {

}
