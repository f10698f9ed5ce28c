package io.github.heartbeat.testing;

/**
 * Makes one kind of operation fail at its n-th call, and some calls after that. Called by
 * the engine's executors, timer and logger in a test, and by its bytecode where
 * {@link AllocationFaults} has put calls in front of its allocations. One test at a time.
 */
public final class Faults {

	private static Kind kind = Kind.ALLOCATION;

	private static long calls;

	private static long from = Long.MAX_VALUE;

	private static long until = Long.MAX_VALUE;

	private Faults() {
	}

	/**
	 * Count the calls of one kind from now on, and make some of them fail.
	 * @param kind what fails
	 * @param from the first call that fails, from 1
	 * @param count how many fail in a row
	 */
	public static void arm(Kind kind, long from, long count) {
		Faults.kind = kind;
		Faults.calls = 0;
		Faults.from = from;
		Faults.until = from + count;
	}

	/**
	 * Let nothing fail any more.
	 * @return how many calls there were
	 */
	public static long disarm() {
		from = Long.MAX_VALUE;
		until = Long.MAX_VALUE;
		return calls;
	}

	/**
	 * Return whether this call fails.
	 */
	public static boolean fails(Kind kind) {
		if (Faults.kind != kind) {
			return false;
		}
		calls++;
		return calls >= from && calls < until;
	}

	/**
	 * In front of every allocation.
	 */
	public static void allocate() {
		if (fails(Kind.ALLOCATION)) {
			throw new OutOfMemoryError("Java heap space, for the test");
		}
	}

	/**
	 * What fails.
	 */
	public enum Kind {

		/** An allocation of the engine. */
		ALLOCATION,

		/** An executor refuses a task. */
		EXECUTOR,

		/** An executor accepts a task and never runs it, since its thread died. */
		LOST_TASK,

		/** A timeout cannot be scheduled. */
		TIMER,

		/** A timeout is scheduled and never runs. */
		LOST_TIMEOUT,

		/** A logger, its filter or its appender. */
		LOGGER

	}

}
