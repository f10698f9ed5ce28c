package io.github.heartbeat.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Relative links of the documents have a target.
 */
class DocumentLinksTests {

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

	@Test
	void everyRelativeLinkHasATarget() throws IOException {
		List<String> broken = new ArrayList<>();
		int links = 0;
		for (Path document : Documents.all()) {
			for (MatchResult match : LINK.matcher(Files.readString(document)).results().toList()) {
				String link = match.group(1);
				if (!link.startsWith("http")) {
					links++;
					if (!hasTarget(document, link)) {
						broken.add(document + ": " + link);
					}
				}
			}
		}
		assertThat(broken).isEmpty();
		assertThat(links).isGreaterThan(40);
	}

	@Test
	void everyDocumentIsLinkedFromReadme() throws IOException {
		String readme = Files.readString(Path.of("..", "README.md"));
		assertThat(Documents.all()).filteredOn((document) -> !document.equals(Path.of("..", "README.md")))
			.allSatisfy((document) -> assertThat(readme)
				.contains("](" + Path.of("..").relativize(document).toString().replace('\\', '/') + ")"));
	}

	private static boolean hasTarget(Path document, String link) throws IOException {
		int hash = link.indexOf('#');
		String path = (hash < 0) ? link : link.substring(0, hash);
		Path target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
		return Files.exists(target) && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
	}

	private static List<String> anchors(Path document) throws IOException {
		return HEADING.matcher(Files.readString(document))
			.results()
			.map((match) -> match.group(1)
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^\\p{L}\\p{N} _-]", "")
				.replace(' ', '-'))
			.toList();
	}

}
