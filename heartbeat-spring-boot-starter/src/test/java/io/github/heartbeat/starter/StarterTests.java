package io.github.heartbeat.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The starter and nothing else on the classpath.
 */
class StarterTests {

	@Test
	void givesAPlainApplicationThatStaysUpWithKeepAlive() {
		ConfigurableApplicationContext context = SpringApplication.run(Application.class,
				"--spring.main.keep-alive=true", "--heartbeat.clients.feed.url=ws://localhost:1");
		try (context) {
			assertThat(context.getClass().getName()).doesNotContain("Web");
			assertThat(context).isInstanceOf(GenericApplicationContext.class);
			assertThat(context.getBean(HeartbeatClient.class).getName()).isEqualTo("feed");
			assertThat(Thread.getAllStackTraces().keySet()).anySatisfy((thread) -> {
				assertThat(thread.getName()).isEqualTo("keep-alive");
				assertThat(thread.isDaemon()).isFalse();
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.web.servlet.DispatcherServlet",
			"org.springframework.boot.actuate.endpoint.annotation.Endpoint",
			"io.micrometer.core.instrument.MeterRegistry", "org.springframework.boot.web.server.WebServer" })
	void bringsNothingThatIsNotNeeded(String className) {
		assertThat(ClassUtils.isPresent(className, null)).isFalse();
	}

	/**
	 * The tree is written by the build, and its versions are those of Spring Boot.
	 */
	@Test
	void bringsWhatTheDocumentationShows() throws IOException {
		List<String> document = Files.readAllLines(Path.of("docs", "configuration.md"));
		document = document.subList(document.indexOf("## Dependencies"), document.size());
		int begin = document.indexOf("```text") + 1;
		List<String> shown = document.subList(begin, begin + document.subList(begin, document.size()).indexOf("```"));
		assertThat(Files.readAllLines(Path.of("target", "dependency-tree.txt")))
			.extracting((line) -> line.replaceFirst(":jar:.*", ""))
			.containsExactlyElementsOf(shown);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
