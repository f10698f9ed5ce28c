package io.github.heartbeat.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The documents of the repository.
 */
final class Documents {

	private Documents() {
	}

	static List<Path> all() throws IOException {
		List<Path> documents = new ArrayList<>(List.of(Path.of("..", "README.md"), Path.of("..", "CONTRIBUTING.md"),
				Path.of("..", "CHANGELOG.md"), Path.of("..", "demo-app", "README.md")));
		try (Stream<Path> reference = Files.list(Path.of("..", "heartbeat-spring-boot-starter", "docs"))) {
			reference.filter((path) -> path.toString().endsWith(".md")).sorted().forEach(documents::add);
		}
		return documents;
	}

}
