package io.github.heartbeat.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

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
