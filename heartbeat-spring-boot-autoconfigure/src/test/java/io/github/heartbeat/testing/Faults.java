package io.github.heartbeat.testing;

/**
 * Makes one kind of operation fail at its n-th call and at a number of following calls.
 * The engine's executors, timer and logger call this class in a test. The engine's
 * bytecode also calls it where {@link AllocationFaults} has inserted calls before
 * allocations. Only one test at a time can use it.
 */
public final class Faults {

	private static Kind kind = Kind.ALLOCATION;

	private static long calls;

	private static long from = Long.MAX_VALUE;

	private static long until = Long.MAX_VALUE;

	private Faults() {
	}

	/**
	 * Start to count the calls of one kind and make some of them fail.
	 * @param kind the kind of operation that fails
	 * @param from the first call that fails, counted from 1
	 * @param count the number of consecutive failures
	 */
	public static void arm(Kind kind, long from, long count) {
		Faults.kind = kind;
		Faults.calls = 0;
		Faults.from = from;
		Faults.until = from + count;
	}

	/**
	 * Stop all failures.
	 * @return the number of calls
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
	 * Called before every allocation.
	 */
	public static void allocate() {
		if (fails(Kind.ALLOCATION)) {
			throw new OutOfMemoryError("Java heap space, for the test");
		}
	}

	/**
	 * Kinds of operations that can fail.
	 */
	public enum Kind {

		/** An allocation of the engine. */
		ALLOCATION,

		/** An executor rejects a task. */
		EXECUTOR,

		/** An executor accepts a task and never runs it, because its thread died. */
		LOST_TASK,

		/** A timeout cannot be scheduled. */
		TIMER,

		/** A timeout is scheduled and never runs. */
		LOST_TIMEOUT,

		/** A logger, its filter or its appender fails. */
		LOGGER

	}

}
