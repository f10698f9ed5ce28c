package io.github.heartbeat.testing;

import java.util.List;

import org.assertj.core.api.Assertions;

/**
 * Checks the order of the hooks of one client: {@code (ERROR | OPEN (MESSAGE | ERROR)*
 * CLOSE)}, followed by {@code RECONNECT}, by {@code EXHAUSTED}, or by a new sequence if
 * the client was closed and opened again.
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
	 * Check the log of a client that its user never closed.
	 */
	public static void check(List<String> lines) {
		new HookGrammar(lines, false).check();
	}

	/**
	 * Check the log of a client that its user sometimes closed and opened again, which
	 * discards pending hooks.
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
