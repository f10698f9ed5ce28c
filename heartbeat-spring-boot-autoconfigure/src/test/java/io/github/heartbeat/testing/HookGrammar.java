package io.github.heartbeat.testing;

import java.util.List;

import org.assertj.core.api.Assertions;

/**
 * Checks the order of the hooks of one client:
 * {@code (ERROR | OPEN (MESSAGE | ERROR)* CLOSE)}, then {@code RECONNECT},
 * {@code EXHAUSTED}, or a new beginning where the client was closed and opened again.
 */
public final class HookGrammar {

	private enum Expecting {

		ATTEMPT, CONNECTED, WHAT_NEXT

	}

	private final List<String> lines;

	private final boolean closedByUser;

	private Expecting expecting = Expecting.ATTEMPT;

	private HookGrammar(List<String> lines, boolean closedByUser) {
		this.lines = lines;
		this.closedByUser = closedByUser;
	}

	/**
	 * Check a log of a client that was never closed by its user.
	 */
	public static void check(List<String> lines) {
		new HookGrammar(lines, false).check();
	}

	/**
	 * Check a log of a client that was now and then closed and opened again, which
	 * discards what is pending.
	 */
	public static void checkWithCloses(List<String> lines) {
		new HookGrammar(lines, true).check();
	}

	private void check() {
		for (int i = 0; i < this.lines.size(); i++) {
			String line = this.lines.get(i);
			boolean accepted = line.startsWith("ERROR LISTENER") || accept(line.split(" ")[0]);
			if (!accepted) {
				Assertions.fail("%s at %d is not allowed where %s is expected: %s", line, i, this.expecting,
						this.lines.subList(Math.max(0, i - 8), Math.min(this.lines.size(), i + 3)));
			}
		}
	}

	private boolean accept(String hook) {
		return switch (this.expecting) {
			case ATTEMPT -> switch (hook) {
				case "ERROR" -> then(Expecting.WHAT_NEXT);
				case "OPEN" -> then(Expecting.CONNECTED);
				case "RECONNECT" -> true;
				default -> false;
			};
			case CONNECTED -> switch (hook) {
				case "MESSAGE", "ERROR" -> true;
				case "CLOSE" -> then(Expecting.WHAT_NEXT);
				default -> false;
			};
			case WHAT_NEXT -> switch (hook) {
				case "RECONNECT" -> then(Expecting.ATTEMPT);
				case "EXHAUSTED" -> then(Expecting.ATTEMPT);
				case "OPEN" -> this.closedByUser && then(Expecting.CONNECTED);
				case "ERROR" -> this.closedByUser;
				default -> false;
			};
		};
	}

	private boolean then(Expecting next) {
		this.expecting = next;
		return true;
	}

}
