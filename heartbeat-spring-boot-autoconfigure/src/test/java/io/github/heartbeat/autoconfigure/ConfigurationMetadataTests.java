package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.jayway.jsonpath.JsonPath;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The configuration metadata matches the documentation and the settings.
 */
class ConfigurationMetadataTests {

	private static final String DEFAULTS = "heartbeat.defaults.";

	/** A row of a table of keys: names, default. */
	private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z0-9.*-]+`) \\| ([^|]*) \\|[^|]*\\|$");

	private final List<Map<String, Object>> properties = JsonPath.read(metadata(), "$.properties");

	private final Map<String, Map<String, Object>> byName = this.properties.stream()
		.collect(Collectors.toMap((property) -> (String) property.get("name"), (property) -> property));

	private static String metadata() {
		try (InputStream in = ConfigurationMetadataTests.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the default of each key in the documentation, by its full name.
	 */
	private static Map<String, String> documented() throws IOException {
		String configuration = Files
			.readString(Path.of("..", "heartbeat-spring-boot-starter", "docs", "configuration.md"));
		Map<String, String> keys = new LinkedHashMap<>();
		for (MatchResult row : ROW.matcher(configuration).results().toList()) {
			String key = row.group(1).replace("`", "");
			boolean global = Set
				.of("enabled", "container", "max-connects-per-origin", "client-name-in-mdc", "leader.prefix",
						"leader.spread", "leader.max-held")
				.contains(key);
			keys.put((global ? "heartbeat." : DEFAULTS) + key.replace(".*", ""), row.group(2).replace("`", ""));
		}
		return keys;
	}

	@Test
	void everyKnownKeyIsDocumentedAndNoOther() throws IOException {
		Set<String> known = new TreeSet<>(this.byName.keySet());
		known.removeIf((name) -> name.startsWith("management.") || name.equals("heartbeat.clients"));
		known.add(DEFAULTS + "url");
		assertThat(new TreeSet<>(documented().keySet())).isEqualTo(known);
	}

	@Test
	void everyKeyHasTheDocumentedDefault() throws IOException {
		documented().forEach((name, text) -> {
			Map<String, Object> property = this.byName.get(name);
			Object value = (property != null) ? property.get("defaultValue") : null;
			if (value == null) {
				assertThat(text).as(name)
					.matches("none|unlimited|required|the name|30s, or reconnect-timeout if longer");
			}
			else {
				assertThat(text).as(name).isEqualTo(String.valueOf(value).replaceAll("\\.0$", ""));
			}
		});
	}

	/**
	 * Bind the defaults of the metadata, which must not change the settings.
	 */
	@Test
	void everyDefaultIsThatOfTheSettings() {
		Map<String, Object> values = new LinkedHashMap<>();
		this.byName.forEach((name, property) -> {
			if (name.startsWith(DEFAULTS) && property.get("defaultValue") != null) {
				values.put(name, property.get("defaultValue"));
			}
		});
		assertThat(values).hasSizeGreaterThan(15);
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(HeartbeatAutoConfiguration.class))
			.withPropertyValues("heartbeat.clients.feed.url=ws://localhost:1")
			.withPropertyValues(values.entrySet()
				.stream()
				.map((entry) -> entry.getKey() + "=" + entry.getValue())
				.toArray(String[]::new))
			.run((context) -> {
				HeartbeatClientSettings bound = context.getBean(HeartbeatClient.class).getSettings();
				assertThat(getters(bound))
					.isEqualTo(getters(HeartbeatClientSettings.builder("ws://localhost:1").build()));
			});
	}

	private static Map<String, Object> getters(HeartbeatClientSettings settings) {
		Map<String, Object> values = new LinkedHashMap<>();
		for (Method method : HeartbeatClientSettings.class.getMethods()) {
			if (method.getParameterCount() == 0 && method.getName().matches("(get|is)[A-Z].*")
					&& method.getDeclaringClass() == HeartbeatClientSettings.class) {
				values.put(method.getName(), String.valueOf(ReflectionUtils.invokeMethod(method, settings)));
			}
		}
		return values;
	}

	@Test
	void everyKeyIsDescribedInTheWayOfSpringBoot() {
		assertThat(this.properties).allSatisfy((property) -> {
			String description = (String) property.get("description");
			assertThat(description).as((String) property.get("name"))
				.endsWith(".")
				.doesNotStartWith("The ")
				.doesNotStartWith("A ");
			if ("java.lang.Boolean".equals(property.get("type"))) {
				assertThat(description).startsWith("Whether");
			}
			assertThat(ConfigurationPropertyName.isValid((String) property.get("name"))).isTrue();
		});
	}

	@Test
	void everyDurationHasItsDefaultUnit() {
		assertThat(this.properties).filteredOn((property) -> "java.time.Duration".equals(property.get("type")))
			.filteredOn((property) -> !((String) property.get("name")).startsWith("management.endpoint."))
			.hasSizeGreaterThan(8)
			.allSatisfy((property) -> assertThat((String) property.get("description"))
				.endsWith(" If a duration suffix is not specified, milliseconds are used."));
	}

	@Test
	void everyGroupIsOfAClassOfOurs() {
		List<String> types = JsonPath.read(metadata(), "$.groups[*].type");
		assertThat(types).isNotEmpty()
			.allSatisfy((type) -> assertThat(ClassUtils.isPresent(type, null)).isTrue())
			.allMatch((type) -> type.startsWith("io.github.heartbeat."));
	}

	@Test
	void thereAreHintsForCodesAndHeaders() {
		List<String> names = JsonPath.read(metadata(), "$.hints[*].name");
		assertThat(names).containsExactlyInAnyOrder(DEFAULTS + "stop-on.close-codes",
				DEFAULTS + "stop-on.http-statuses", DEFAULTS + "headers.keys");
		assertThat(this.byName.get(DEFAULTS + "ping-type")).containsEntry("type",
				"io.github.heartbeat.HeartbeatPingType");
		assertThat(this.byName.get("heartbeat.container")).containsEntry("type",
				"io.github.heartbeat.HeartbeatContainer");
	}

}
