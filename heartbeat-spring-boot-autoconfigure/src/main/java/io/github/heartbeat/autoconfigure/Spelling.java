package io.github.heartbeat.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Maps different spellings of a name to one name. For example, {@code price-feed} in a
 * file is {@code PRICEFEED} in the environment. The spelling with dashes is preferred.
 */
final class Spelling {

	private Spelling() {
	}

	/**
	 * Return the form that all spellings of a name share.
	 */
	static String uniform(String name) {
		return name.replace("-", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the preferred spellings by their uniform spelling, in the order of the
	 * names.
	 */
	static Map<String, String> preferred(Collection<String> spellings) {
		Map<String, String> preferred = new LinkedHashMap<>();
		for (String spelling : spellings) {
			preferred.merge(uniform(spelling), spelling, Spelling::better);
		}
		return preferred;
	}

	/**
	 * Return the candidate with the fewest edits from a text, or {@code null} if none is
	 * close.
	 */
	static @Nullable String nearest(String text, Collection<String> candidates) {
		String nearest = null;
		int fewest = Math.max(1, text.length() / 3) + 1;
		for (String candidate : candidates) {
			int edits = distance(uniform(text), uniform(candidate));
			if (edits < fewest) {
				fewest = edits;
				nearest = candidate;
			}
		}
		return nearest;
	}

	/**
	 * Return the number of insertions, deletions, replacements and transpositions of
	 * neighbors between two texts.
	 */
	static int distance(String one, String other) {
		int[][] distances = new int[one.length() + 1][other.length() + 1];
		for (int i = 0; i <= one.length(); i++) {
			for (int j = 0; j <= other.length(); j++) {
				if (i == 0 || j == 0) {
					distances[i][j] = i + j;
					continue;
				}
				int replaced = distances[i - 1][j - 1] + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				int shifted = Math.min(distances[i - 1][j], distances[i][j - 1]) + 1;
				distances[i][j] = Math.min(replaced, shifted);
				if (i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2)
						&& one.charAt(i - 2) == other.charAt(j - 1)) {
					distances[i][j] = Math.min(distances[i][j], distances[i - 2][j - 2] + 1);
				}
			}
		}
		return distances[one.length()][other.length()];
	}

	/**
	 * Prefer the spelling with more dashes, then the one with capitals. A name from the
	 * environment has neither.
	 */
	private static String better(String one, String other) {
		int dashes = Long.compare(dashes(one), dashes(other));
		if (dashes != 0) {
			return (dashes > 0) ? one : other;
		}
		return one.equals(one.toLowerCase(Locale.ROOT)) ? other : one;
	}

	private static long dashes(String name) {
		return name.chars().filter((c) -> c == '-').count();
	}

}
