package io.github.heartbeat.internal.runtime;

import java.util.concurrent.Executor;

/**
 * The threads that the clients share, by what may block them.
 *
 * @param connects runs connection attempts, which block
 * @param io runs writes and closes, which may block
 * @param cancels gives up what blocks elsewhere, and so must never wait for it
 * @param aborts drops sockets, which may free what blocks elsewhere; begins a little
 * later while the timer is behind
 * @param hooks runs the code of users
 * @param futures ends futures of users, each in a task of its own
 * @param logs writes log lines, one after the other and in order: an appender that blocks
 * holds up nothing else, and many lines at once do not compete with what they are about,
 * for they wait while the timer is behind
 */
public record EngineExecutors(Executor connects, Executor io, Executor cancels, Executor aborts, Executor hooks,
		Executor futures, Executor logs) {

}
