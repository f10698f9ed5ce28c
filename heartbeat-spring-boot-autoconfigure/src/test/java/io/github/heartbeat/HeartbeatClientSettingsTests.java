package io.github.heartbeat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class HeartbeatClientSettingsTests {

	@Test
	void defaults() {
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost").build();
		assertThat(settings.getProtocols()).isEmpty();
		assertThat(settings.getHeaders()).isEmpty();
		assertThat(settings.getPingTimeout()).hasSeconds(15);
		assertThat(settings.getPongTimeout()).hasSeconds(10);
		assertThat(settings.getReconnectTimeout()).hasSeconds(2);
		assertThat(settings.getReconnectMultiplier()).isEqualTo(1);
		assertThat(settings.getReconnectMaxTimeout()).hasSeconds(30);
		assertThat(settings.getReconnectJitter()).isEqualTo(0.2);
		assertThat(settings.getRepeatLimit()).isNull();
		assertThat(settings.getStableAfter()).hasSeconds(5);
		assertThat(settings.getPingMsg()).isEqualTo("heartbeat");
		assertThat(settings.getPingType()).isEqualTo(HeartbeatPingType.TEXT);
		assertThat(settings.getPongMsg()).isNull();
		assertThat(settings.getConnectTimeout()).hasSeconds(10);
		assertThat(settings.getCloseTimeout()).hasSeconds(2);
		assertThat(settings.getMaxMessageSize()).isEqualTo(DataSize.ofMegabytes(1));
		assertThat(settings.getSendQueueMessages()).isEqualTo(1024);
		assertThat(settings.getSendQueueBytes()).isEqualTo(DataSize.ofMegabytes(1));
		assertThat(settings.getSendWhileDisconnected()).isEqualTo(HeartbeatSendWhileDisconnected.REJECT);
		assertThat(settings.getSendTimeToLive()).hasSeconds(30);
		assertThat(settings.getSendTimeout()).hasSeconds(10);
		assertThat(settings.getStopOnCloseCodes()).isEmpty();
		assertThat(settings.getStopOnHttpStatuses()).isEmpty();
		assertThat(settings.isAutoStartup()).isTrue();
	}

	@Test
	void allInvalidSettingsAreReportedAtOnce() {
		HeartbeatClientSettings.Builder builder = HeartbeatClientSettings.builder("ws://localhost")
			.pingTimeout(Duration.ZERO)
			.header("Host", "other")
			.header("Upgrade", "other")
			.protocols("a b", "c", "c")
			.stopOnCloseCodes("999", "4000", "5000")
			.pingType(HeartbeatPingType.PING)
			.pingMsg("x".repeat(126))
			.sslBundle("mine");
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class).isThrownBy(builder::build).satisfies((ex) -> {
			assertThat(ex.getKey()).isEqualTo("protocols");
			assertThat(keys(ex)).containsExactly("protocols", "headers.Host", "headers.Upgrade", "ping-timeout",
					"stop-on.close-codes", "stop-on.close-codes", "ping-msg", "ssl.bundle");
			assertThat(keys(ex.withPrefix("a.")))
				.containsExactlyElementsOf(keys(ex).stream().map("a."::concat).toList());
		});
	}

	private static List<String> keys(InvalidHeartbeatSettingException failure) {
		return Stream.of(failure.getSuppressed())
			.map((suppressed) -> ((InvalidHeartbeatSettingException) suppressed).getKey())
			.toList();
	}

	@Test
	void aSettingIsNotComparedWithAnInvalidOne() {
		HeartbeatClientSettings.Builder builder = HeartbeatClientSettings.builder("http://localhost")
			.sslBundle("mine")
			.reconnectTimeout(Duration.ofDays(36500))
			.reconnectMaxTimeout(Duration.ofSeconds(1));
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class).isThrownBy(builder::build).satisfies((ex) -> {
			assertThat(ex.getKey()).isEqualTo("url");
			assertThat(keys(ex)).containsExactly("reconnect-timeout");
		});
	}

	@Test
	void reconnectMaxTimeoutIsNeverBelowReconnectTimeoutByDefault() {
		assertThat(HeartbeatClientSettings.builder("ws://localhost")
			.reconnectTimeout(Duration.ofMinutes(5))
			.build()
			.getReconnectMaxTimeout()).hasMinutes(5);
	}

	@Test
	void whatIsSetIsNotReplacedByDefaultsAndHeadersAreMerged() {
		HeartbeatClientSettings.Builder defaults = HeartbeatClientSettings.builder()
			.pingTimeout(Duration.ofSeconds(1))
			.pongTimeout(Duration.ofSeconds(1))
			.repeatLimit(5)
			.protocols("a", "b")
			.header("X-One", "default")
			.header("X-Two", "default");
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost")
			.pingTimeout(Duration.ofSeconds(15))
			.repeatLimit(null)
			.protocols("c")
			.header("x-one", "own")
			.build()
			.mutate()
			.applyDefaults(defaults)
			.build();
		assertThat(settings.getPingTimeout()).hasSeconds(15);
		assertThat(settings.getPongTimeout()).hasSeconds(1);
		assertThat(settings.getRepeatLimit()).isNull();
		assertThat(settings.getProtocols()).containsExactly("c");
		assertThat(settings.getHeaders()).hasSize(2).containsEntry("X-One", "own").containsEntry("X-Two", "default");
	}

	static Stream<Arguments> badValues() {
		return Stream.of(bad("url", null, (b) -> b.url(" ")),
				bad("url", "http://localhost/x", (b) -> b.url("http://localhost/x"), "use ws://localhost/x"),
				bad("url", "https://localhost", (b) -> b.url("https://localhost"), "use wss://localhost"),
				bad("url", null, (b) -> b.url("ftp://localhost"), "ws:// or wss://"),
				bad("url", null, (b) -> b.url("localhost"), "ws:// or wss://"),
				bad("url", "ws://under_score", (b) -> b.url("ws://under_score/"), "underscore"),
				bad("url", null, (b) -> b.url("ws:///path")),
				bad("url", "ws://localhost/", (b) -> b.url("ws://localhost/#part"), "'#'"),
				bad("url", null, (b) -> b.url("ws://local host/"), "not a valid url at index"),
				bad("url", "ws://localhost", (b) -> b.url("ws://localhost/a b"), "index 16"),
				bad("url", "ws://localhost", (b) -> b.url("ws://localhost/张三 b"), "index 17"),
				bad("url", "ws://localhost/half\uD83D", (b) -> b.url("ws://localhost/half\uD83D"), "surrogate"),
				bad("url", null, (b) -> b.url("ws://münchen.example/"), "Punycode"),
				bad("url", null, (b) -> b.url("ws://user:p@ss@localhost/"), "'%40'"),
				bad("url", null, (b) -> b.url("ws://user:p/ss@localhost/"), "'%2F'"),
				bad("url", "ws://localhost/", (b) -> b.url("ws://user%3Aname:pass@localhost/"), "colon"),
				bad("url", "ws://localhost/", (b) -> b.url("ws://user:%FF@localhost/"), "UTF-8"),
				bad("url", null, (b) -> b.url("ws://localhost:port/"), "numeric port"),
				bad("url", "ws://localhost:0/", (b) -> b.url("ws://localhost:0/"), "1 to 65535"),
				bad("url", "ws://localhost:70000", (b) -> b.url("ws://localhost:70000")),
				bad("protocols", null, (b) -> b.protocols("chat", "a b"), "index 1"),
				bad("protocols", null, (b) -> b.protocols("a", "a"), "index 1"),
				bad("protocols", null, (b) -> b.protocols("chät"), "token"),
				bad("ping-timeout", "0ms", (b) -> b.pingTimeout(Duration.ZERO)),
				bad("ping-timeout", "-1ms", (b) -> b.pingTimeout(Duration.ofMillis(-1))),
				bad("pong-timeout", "0ms", (b) -> b.pongTimeout(Duration.ZERO)),
				bad("reconnect-timeout", "0ms", (b) -> b.reconnectTimeout(Duration.ZERO)),
				bad("reconnect-multiplier", "0.5", (b) -> b.reconnectMultiplier(0.5)),
				bad("reconnect-multiplier", "NaN", (b) -> b.reconnectMultiplier(Double.NaN)),
				bad("reconnect-max-timeout", "1000ms", (b) -> b.reconnectMaxTimeout(Duration.ofSeconds(1)),
						"'reconnect-timeout'"),
				bad("reconnect-jitter", "1.5", (b) -> b.reconnectJitter(1.5)),
				bad("reconnect-jitter", "-0.1", (b) -> b.reconnectJitter(-0.1)),
				bad("repeat-limit", "-1", (b) -> b.repeatLimit(-1), "leave it empty"),
				bad("stable-after", "-1ms", (b) -> b.stableAfter(Duration.ofMillis(-1))),
				bad("ping-msg", null, (b) -> b.pingType(HeartbeatPingType.PING).pingMsg("ö".repeat(63)),
						"'ping-type: text'"),
				bad("connect-timeout", "0ms", (b) -> b.connectTimeout(Duration.ZERO)),
				bad("close-timeout", "-1ms", (b) -> b.closeTimeout(Duration.ofMillis(-1))),
				bad("oauth2.client-registration-id", "feed",
						(b) -> b.oauth2ClientRegistrationId("feed").header("authorization", "Bearer x")),
				bad("oauth2.client-registration-id", "feed",
						(b) -> b.url("ws://me:secret@localhost").oauth2ClientRegistrationId("feed")),
				bad("oauth2.renew-before-expiry", "0ms", (b) -> b.oauth2RenewBeforeExpiry(Duration.ZERO)),
				bad("max-connection-age", "0ms", (b) -> b.maxConnectionAge(Duration.ZERO)),
				bad("max-message-size", "0B", (b) -> b.maxMessageSize(DataSize.ofBytes(0))),
				bad("max-message-size", DataSize.ofGigabytes(3).toString(),
						(b) -> b.maxMessageSize(DataSize.ofGigabytes(3))),
				bad("send.queue-messages", "0", (b) -> b.sendQueueMessages(0)),
				bad("send.queue-bytes", "-1B", (b) -> b.sendQueueBytes(DataSize.ofBytes(-1))),
				bad("send.time-to-live", "0ms", (b) -> b.sendTimeToLive(Duration.ZERO)),
				bad("send.timeout", "0ms", (b) -> b.sendTimeout(Duration.ZERO)),
				bad("stop-on.close-codes", "999", (b) -> b.stopOnCloseCodes("1000", "999"), "4400-4499"),
				bad("stop-on.close-codes", "4000-5000", (b) -> b.stopOnCloseCodes("4000-5000")),
				bad("stop-on.close-codes", "4xxx", (b) -> b.stopOnCloseCodes("4xxx")),
				bad("stop-on.http-statuses", "499-400", (b) -> b.stopOnHttpStatuses("499-400"), "smaller code first"),
				bad("stop-on.http-statuses", "600", (b) -> b.stopOnHttpStatuses("600"), "400-499"),
				bad("ping-timeout", Duration.ofDays(36500).toMillis() + "ms",
						(b) -> b.pingTimeout(Duration.ofDays(36500))),
				bad("headers.X-Split", null, (b) -> b.header("X-Split", "a\r\nX-Evil: b")),
				bad("headers", null, (b) -> b.header("X Split", "a")),
				bad("headers", null, (b) -> b.header("X-Täxt", "a")),
				bad("headers.X-Text", null, (b) -> b.header("X-Text", "ab张"), "Latin-1 at index 2"),
				bad("headers.X-Text", null, (b) -> b.header("X-Text", "a\tb"), "control character at index 1"),
				bad("headers.X-Text", null, (b) -> b.header("X-Text", "\u007F"), "control character at index 0"),
				bad("ping-msg", null, (b) -> b.pingMsg("\uD83D"), "surrogate"),
				bad("headers.Host", null, (b) -> b.header("Host", "other")),
				bad("headers.Sec-WebSocket-Key", null, (b) -> b.header("Sec-WebSocket-Key", "x")),
				bad("headers.Sec-WebSocket-Protocol", null, (b) -> b.header("Sec-WebSocket-Protocol", "x"),
						"'protocols'"));
	}

	private static Arguments bad(String key, String value, UnaryOperator<HeartbeatClientSettings.Builder> setter,
			String... fix) {
		return arguments(key, value, setter, List.of(fix));
	}

	@ParameterizedTest
	@MethodSource
	void badValues(String key, String value, UnaryOperator<HeartbeatClientSettings.Builder> setter, List<String> fix) {
		HeartbeatClientSettings.Builder builder = setter
			.apply(HeartbeatClientSettings.builder("ws://localhost").reconnectTimeout(Duration.ofSeconds(2)));
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class).isThrownBy(builder::build).satisfies((ex) -> {
			assertThat(ex.getKey()).isEqualTo(key);
			assertThat(ex.getValue()).isEqualTo(value);
			assertThat(ex.getReason()).isNotBlank();
			assertThat(ex.getAction()).isNotBlank();
			fix.forEach((text) -> assertThat(ex.getReason() + ex.getAction()).contains(text));
		});
	}

	static Stream<Arguments> unboundedDurations() {
		return Stream.of(unbounded("ping-timeout", HeartbeatClientSettings.Builder::pingTimeout),
				unbounded("pong-timeout", HeartbeatClientSettings.Builder::pongTimeout),
				unbounded("reconnect-timeout", HeartbeatClientSettings.Builder::reconnectTimeout),
				unbounded("reconnect-max-timeout", HeartbeatClientSettings.Builder::reconnectMaxTimeout),
				unbounded("stable-after", HeartbeatClientSettings.Builder::stableAfter),
				unbounded("connect-timeout", HeartbeatClientSettings.Builder::connectTimeout),
				unbounded("close-timeout", HeartbeatClientSettings.Builder::closeTimeout),
				unbounded("oauth2.renew-before-expiry", HeartbeatClientSettings.Builder::oauth2RenewBeforeExpiry),
				unbounded("max-connection-age", HeartbeatClientSettings.Builder::maxConnectionAge),
				unbounded("send.time-to-live", HeartbeatClientSettings.Builder::sendTimeToLive),
				unbounded("send.timeout", HeartbeatClientSettings.Builder::sendTimeout));
	}

	private static Arguments unbounded(String key, BiConsumer<HeartbeatClientSettings.Builder, Duration> setter) {
		return arguments(key, setter);
	}

	@ParameterizedTest
	@MethodSource("unboundedDurations")
	void everyDurationIsBounded(String key, BiConsumer<HeartbeatClientSettings.Builder, Duration> setter) {
		for (Duration duration : List.of(Duration.ofDays(3651), Duration.ofDays(365L * 300_000_000),
				Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(Long.MIN_VALUE))) {
			HeartbeatClientSettings.Builder builder = HeartbeatClientSettings.builder("ws://localhost");
			setter.accept(builder, duration);
			assertThatExceptionOfType(InvalidHeartbeatSettingException.class).isThrownBy(builder::build)
				.satisfies((ex) -> {
					assertThat(ex.getKey()).isEqualTo(key);
					assertThat(ex.getValue()).isNotBlank();
					assertThat(ex.getReason()).contains(duration.isNegative() ? "negative" : "longer than ten years");
					assertThat(ex.getAction()).isNotBlank();
				});
		}
	}

	@Test
	void theSumOfTheLongestDurationsIsCountableInNanoseconds() {
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost")
			.pingTimeout(SettingChecks.MAX_DURATION)
			.pongTimeout(SettingChecks.MAX_DURATION)
			.reconnectTimeout(SettingChecks.MAX_DURATION)
			.build();
		assertThat(settings.getPingTimeout().plus(settings.getPongTimeout()).multipliedBy(8).toNanos()).isPositive();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			ws://localhost/p?user=张三, ws://localhost/p?user=%E5%BC%A0%E4%B8%89
			ws://localhost/%C3%BC?ü, ws://localhost/%C3%BC?%C3%BC
			ws://[fe80::1%25eth0]:80/x, ws://[fe80::1%eth0]:80/x
			ws://[fe80::1%eth0]/x, ws://[fe80::1%eth0]/x
			ws://[fe80::1%25]/x, ws://[fe80::1%25]/x
			ws://[::1]/x, ws://[::1]/x
			""")
	void theUrlIsOneThatContainersCanSend(String url, String expected) {
		assertThat(HeartbeatClientSettings.builder(url).build().getUrl()).hasToString(expected);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			ws://user:secret@host:80/p?token=secret&x=secret, ws://host:80/p?token=***&x=***
			ws://host/p?secret, ws://host/p?***
			wss://host, wss://host
			ws://host/p?a=, ws://host/p?a=***
			""")
	void displayUrlHasNoSecrets(String url, String expected) {
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder(url).build();
		assertThat(settings.getDisplayUrl()).isEqualTo(expected);
		assertThat(settings.toString()).contains(expected).doesNotContain("secret");
	}

	@Test
	void complaintsHaveNoSecrets() {
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class)
			.isThrownBy(() -> HeartbeatClientSettings.builder("http://user:secret@host/?token=secret").build())
			.satisfies(
					(ex) -> assertThat(ex.getMessage()).doesNotContain("secret").contains("use ws://host/?token=***"));
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class)
			.isThrownBy(() -> HeartbeatClientSettings.builder("ws://user:sec ret@host/?token=secret").build())
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("sec ret").doesNotContain("secret"));
		Stream
			.of("secret", "secret:secret", "secret://localhost/", "ws://user:secret", "ws://user:secret/x",
					"ws://localhost/ ?x=secret", "ws://localhost:70000/?secret=x y", "ws:secret", "ws:/secret",
					"ws://host/#secret", "http://user:1/secret@host/", "https://user@host@secret/",
					"ws://host/secret|secret", "ws://user:1234/secret@host/#x", "ws://user:secret/secret@host/x",
					"ws://user:secret?secret@host/x", "http://user:secret#x@host/x", "user:secret@host",
					"ws://user:secret@@under_score")
			.forEach((url) -> assertThatExceptionOfType(InvalidHeartbeatSettingException.class)
				.isThrownBy(() -> HeartbeatClientSettings.builder(url).build())
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("secret")));
	}

	@Test
	void codesAndRangesAreUnderstood() {
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost")
			.stopOnCloseCodes("1008", " 4400 - 4499 ")
			.stopOnHttpStatuses("401", "403")
			.build();
		assertThat(settings.getStopOnCloseCodes()).extracting(HeartbeatCodeRange::toString)
			.containsExactly("1008", "4400-4499");
		assertThat(settings.getStopOnHttpStatuses()).containsExactly(new HeartbeatCodeRange(401, 401),
				new HeartbeatCodeRange(403, 403));
		HeartbeatCodeRange range = HeartbeatCodeRange.of("4400-4499");
		assertThat(IntStream.of(4399, 4400, 4450, 4499, 4500).filter(range::contains)).containsExactly(4400, 4450,
				4499);
	}

	@Test
	void settingsAreImmutable() {
		HeartbeatClientSettings.Builder builder = HeartbeatClientSettings.builder("ws://localhost")
			.headers(Map.of("A", "1"));
		HeartbeatClientSettings settings = builder.build();
		builder.header("B", "2").pingTimeout(Duration.ofSeconds(1)).url("ws://other");
		assertThat(settings.getHeaders()).containsOnlyKeys("A");
		assertThat(settings.getPingTimeout()).hasSeconds(15);
		assertThat(settings.getUrl()).hasToString("ws://localhost");
	}

	@Test
	void displayValuesAreTheEffectiveValuesByKey() {
		Map<String, Object> values = HeartbeatClientSettings.builder("ws://localhost/")
			.reconnectTimeout(Duration.ofMinutes(1))
			.stableAfter(Duration.ofMillis(1500))
			.stopOnCloseCodes("4400-4499")
			.maxMessageSize(DataSize.ofKilobytes(3))
			.pingType(HeartbeatPingType.PING)
			.repeatLimit(7)
			.build()
			.getDisplayValues();
		assertThat(values).containsEntry("ping-timeout", "15s")
			.containsEntry("reconnect-max-timeout", "60s")
			.containsEntry("stable-after", "1500ms")
			.containsEntry("stop-on.close-codes", List.of("4400-4499"))
			.containsEntry("max-message-size", "3KB")
			.containsEntry("send.queue-bytes", "1MB")
			.containsEntry("ping-type", "ping")
			.containsEntry("ping-msg", "heartbeat")
			.containsEntry("ping-always", false)
			.containsEntry("reconnect-jitter", 0.2)
			.containsEntry("repeat-limit", 7)
			.doesNotContainKeys("pong-msg", "ssl.bundle", "listener", "webSocketContainer");
		assertThat(values.keySet()).startsWith("url", "protocols", "headers", "ping-timeout");
	}

	@Test
	void displayValuesMaskWhatCanBeSecret() {
		Map<String, Object> values = HeartbeatClientSettings.builder("ws://user:hush@localhost/?token=hush")
			.protocols("hush1", "hush2")
			.header("X-Key", "hush")
			.pingMsg("hush")
			.pongMsg("hush")
			.build()
			.getDisplayValues();
		assertThat(values).containsEntry("url", "ws://localhost/?token=***")
			.containsEntry("protocols", List.of("******", "******"))
			.containsEntry("headers", Map.of("X-Key", "******"))
			.containsEntry("ping-msg", "******")
			.containsEntry("pong-msg", "******");
		assertThat(values.toString()).doesNotContain("hush");
	}

	/**
	 * A new key with a text is masked unless it is declared not to hold secrets.
	 */
	@Test
	void noTextThatIsSetIsShownExceptNamesAndCodes() {
		assertThat(HeartbeatClientSettings.builder("wss://localhost/")
			.protocols("text")
			.header("X-Key", "text")
			.pingMsg("text")
			.pongMsg("text")
			.group("text")
			.sslBundle("text")
			.build()
			.getDisplayValues()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().toString().contains("text") && !entry.getKey().equals("ping-type"))
			.map(Map.Entry::getKey)).containsExactly("ssl.bundle", "group");
	}

}
