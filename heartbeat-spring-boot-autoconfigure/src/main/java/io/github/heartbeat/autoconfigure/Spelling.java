package io.github.heartbeat.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Names that may be spelled differently in different places: {@code price-feed} in a file
 * is {@code PRICEFEED} in the environment. The spelling with dashes is the name.
 */
final class Spelling {

	private Spelling() {
	}

	/**
	 * Return what is equal for all spellings of a name.
	 */
	static String uniform(String name) {
		return name.replace("-", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the names by their uniform spelling, in their order.
	 */
	static Map<String, String> preferred(Collection<String> spellings) {
		Map<String, String> preferred = new LinkedHashMap<>();
		for (String spelling : spellings) {
			preferred.merge(uniform(spelling), spelling, Spelling::better);
		}
		return preferred;
	}

	/**
	 * The environment has neither dashes nor capitals to offer.
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
