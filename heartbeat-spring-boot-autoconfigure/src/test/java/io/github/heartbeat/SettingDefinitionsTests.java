package io.github.heartbeat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.jayway.jsonpath.JsonPath;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.internal.connect.TokenSource;
import io.github.heartbeat.leader.HeartbeatLeases;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * The table of settings matches the configuration properties.
 */
class SettingDefinitionsTests {

	private static final String DEFAULTS = "heartbeat.defaults.";

	/** Settings that only the builder has. */
	private static final Set<String> BUILDER_ONLY = Set.of("webSocketContainer", "sslContext", "handshakeCustomizer",
			"pingMessageSupplier", "sessionInitializer", "pongMatcher", "listener", "reconnectPolicy");

	/** A valid value for each key that has no default. */
	private static final Map<String, String> VALUES = Map.ofEntries(Map.entry("url", "wss://localhost:1"),
			Map.entry("headers", "v"), Map.entry("protocols", "a"), Map.entry("reconnect-max-timeout", "1h"),
			Map.entry("repeat-limit", "1"), Map.entry("pong-msg", "p"), Map.entry("pong-pattern", "p+"),
			Map.entry("send.on-open", "o"), Map.entry("stop-on.close-codes", "4000"),
			Map.entry("stop-on.http-statuses", "403"), Map.entry("ssl.bundle", ""), Map.entry("group", "g"),
			Map.entry("leader.lock", "l"), Map.entry("leader.margin", "1s"), Map.entry("leader.renew-interval", "4s"),
			Map.entry("leader.poll-interval", "1s"), Map.entry("leader.give-up-after", "1m"),
			Map.entry("max-connection-age", "1h"), Map.entry("oauth2.client-registration-id", "feed"),
			Map.entry("oauth2.renew-before-expiry", "1m"));

	private final Map<String, Object> defaults = metadataDefaults();

	/**
	 * Return the default of each key in the metadata, or an empty text if it has none.
	 */
	private static Map<String, Object> metadataDefaults() {
		try (InputStream in = SettingDefinitionsTests.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			List<Map<String, Object>> properties = JsonPath.read(new String(in.readAllBytes(), StandardCharsets.UTF_8),
					"$.properties");
			Map<String, Object> defaults = new TreeMap<>();
			for (Map<String, Object> property : properties) {
				String name = (String) property.get("name");
				if (name.startsWith(DEFAULTS)) {
					defaults.put(name.substring(DEFAULTS.length()), property.getOrDefault("defaultValue", ""));
				}
			}
			return defaults;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Map<String, SettingDefinition<?>> definitions() {
		return SettingDefinitions.ALL.stream()
			.filter((setting) -> !BUILDER_ONLY.contains(setting.key()))
			.collect(Collectors.toMap(SettingDefinition::key, (setting) -> setting));
	}

	@Test
	void everySettingIsAtItsIndex() {
		assertThat(SettingDefinitions.ALL).extracting(SettingDefinition::index)
			.containsExactlyElementsOf(IntStream.range(0, SettingDefinitions.ALL.size()).boxed().toList());
	}

	@Test
	void everyKeyOfThePropertiesIsASettingAndNoOther() {
		Set<String> keys = new TreeSet<>(this.defaults.keySet());
		keys.add("url");
		assertThat(new TreeSet<>(definitions().keySet())).isEqualTo(keys);
	}

	@Test
	void everyDefaultIsThatOfTheMetadata() {
		this.defaults.forEach((key, text) -> {
			Object value = definitions().get(key).defaultValue();
			if (text.equals("")) {
				assertThat(value == null || List.of().equals(value) || Map.of().equals(value)).as(key).isTrue();
			}
			else {
				assertThat(value).as(key)
					.isNotNull()
					.isEqualTo(ApplicationConversionService.getSharedInstance()
						.convert(String.valueOf(text), value.getClass()));
			}
		});
	}

	@Test
	void everyKeyOfThePropertiesReachesTheSettings() {
		String[] properties = definitions().keySet().stream().map((key) -> {
			String value = VALUES.getOrDefault(key, String.valueOf(this.defaults.get(key)));
			return "heartbeat.clients.feed." + key + (key.equals("headers") ? ".x" : "") + "=" + value;
		}).toArray(String[]::new);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, HeartbeatAutoConfiguration.class))
			.withPropertyValues(properties)
			.withPropertyValues("heartbeat.clients.feed.auto-startup=false")
			.withBean(HeartbeatLeases.class, () -> mock(HeartbeatLeases.class))
			.withBean(TokenSource.class, () -> mock(TokenSource.class))
			.run((context) -> {
				SettingValues values = context.getBean(HeartbeatClient.class).getSettings().values();
				assertThat(definitions().values()).allMatch(values::isSet);
			});
	}

	@Test
	void aValueThatIsSetToNoneIsNotReplacedByADefault() {
		SettingValues defaults = SettingValues.EMPTY.with(SettingDefinitions.REPEAT_LIMIT, 5);
		assertThat(SettingValues.EMPTY.withDefaults(defaults).find(SettingDefinitions.REPEAT_LIMIT)).isEqualTo(5);
		assertThat(SettingValues.EMPTY.withNone(SettingDefinitions.REPEAT_LIMIT)
			.withDefaults(defaults)
			.find(SettingDefinitions.REPEAT_LIMIT)).isNull();
	}

	@Test
	void aCopyLeavesTheOriginalUnchanged() {
		SettingValues original = SettingValues.EMPTY.with(SettingDefinitions.PING_TIMEOUT, Duration.ofSeconds(1));
		SettingValues copy = original.with(SettingDefinitions.PING_TIMEOUT, Duration.ofSeconds(2));
		assertThat(original.get(SettingDefinitions.PING_TIMEOUT)).hasSeconds(1);
		assertThat(copy.get(SettingDefinitions.PING_TIMEOUT)).hasSeconds(2);
		assertThat(copy.without(SettingDefinitions.PING_TIMEOUT).get(SettingDefinitions.PING_TIMEOUT)).hasSeconds(15);
	}

}
