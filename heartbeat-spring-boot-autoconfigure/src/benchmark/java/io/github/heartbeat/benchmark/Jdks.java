package io.github.heartbeat.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the newer JDK that some rows need, either at the configured location or where Maven
 * looks for it.
 */
final class Jdks {

	private static final String MAJOR = "25";

	private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"([^\"]+)\"");

	private static final Pattern TOOLCHAIN = Pattern.compile("<jdkHome>\\s*([^<]+?)\\s*</jdkHome>");

	private Jdks() {
	}

	/**
	 * Return the home of the newer JDK, or {@code null} if there is none.
	 */
	static Path newer() throws IOException {
		String named = Options.property("jdk", "");
		if (!named.isEmpty()) {
			return Path.of(named);
		}
		for (Path candidate : candidates()) {
			String version = version(candidate);
			if (version != null && (version + ".").startsWith(MAJOR + ".")
					&& Files.isExecutable(candidate.resolve("bin").resolve("java"))) {
				return candidate;
			}
		}
		return null;
	}

	private static List<Path> candidates() throws IOException {
		List<Path> candidates = new ArrayList<>();
		candidates.add(Bench.javaHome());
		System.getenv().forEach((name, value) -> {
			if (name.matches("(JAVA_?HOME_?|JDK_?)" + MAJOR + ".*")) {
				candidates.add(Path.of(value));
			}
		});
		Path toolchains = Path.of(System.getProperty("user.home"), ".m2", "toolchains.xml");
		if (Files.isReadable(toolchains)) {
			Matcher homes = TOOLCHAIN.matcher(Files.readString(toolchains));
			while (homes.find()) {
				candidates.add(Path.of(homes.group(1)));
			}
		}
		Path neighbours = Bench.javaHome().toRealPath().getParent();
		if (neighbours != null) {
			try (Stream<Path> directories = Files.list(neighbours)) {
				directories.sorted().forEach(candidates::add);
			}
		}
		return candidates;
	}

	/**
	 * Return the version of a JDK, or {@code null} if the directory contains none.
	 */
	static String version(Path home) {
		try {
			Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
			return version.find() ? version.group(1) : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

}
