package io.github.heartbeat.autoconfigure;

import java.util.Arrays;
import java.util.List;

import io.github.heartbeat.autoconfigure.KnownKeys.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class KnownKeysTests {

	private static List<String> elements(String key) {
		return Arrays.asList(key.split("\\."));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			ping-timeout,          KNOWN
			pingTimeout,           KNOWN
			ping_timeout,          KNOWN
			send.queue-bytes,      KNOWN
			headers.X-Key,         KNOWN
			headers.x.y,           KNOWN
			protocols.0,           KNOWN
			send,                  GROUP
			stop-on,               GROUP
			protocols.0.name,      LIST
			url.0,                 LIST
			headers.0,             LIST
			ping-msg.op,           MAP
			protocols.bearer,      MAP
			ping-timout,           UNKNOWN
			send.time,             UNKNOWN
			""")
	void keysAreComparedWithTheKnownOnes(String key, Kind kind) {
		List<Boolean> indexed = elements(key).stream().map("0"::equals).toList();
		assertThat(KnownKeys.CLIENT.match(elements(key), indexed).kind()).isEqualTo(kind);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			uri,                  url
			urls,                 url
			ping-timeuot,         ping-timeout
			pingtime-out,         ping-timeout
			sendqueuebytes,       send.queue-bytes
			send.queue-byte,      send.queue-bytes
			queue-bytes,          send.queue-bytes
			timeout,              send.timeout
			close-codes,          stop-on.close-codes
			stop-on.http-status,  stop-on.http-statuses
			connection.url,       url
			header.X-Key,         headers
			protocol,             protocols
			colour,
			password,
			interval,
			ping-interval,        ping-timeout
			ping-message,         ping-msg
			max-message,          max-message-size
			send,
			""")
	void theNearestKeyIsFound(String key, String nearest) {
		assertThat(KnownKeys.CLIENT.findSimilar(elements(key))).isEqualTo(nearest);
	}

	@Test
	void keysOfTheEnvironmentCanHaveUnderscoresForDashes() {
		assertThat(KnownKeys.CLIENT.findWithUnderscores(List.of("ping", "timeout"))).isEqualTo("ping-timeout");
		assertThat(KnownKeys.CLIENT.findWithUnderscores(List.of("stop", "on", "close", "codes", "0")))
			.isEqualTo("stop-on.close-codes");
		assertThat(KnownKeys.CLIENT.findWithUnderscores(List.of("pong", "msg", "0"))).isNull();
		assertThat(KnownKeys.CLIENT.findWithUnderscores(List.of("feed", "url"))).isNull();
	}

	@Test
	void theUrlIsNoKeyOfTheDefaults() {
		assertThat(KnownKeys.CLIENT.isText("url")).isTrue();
		assertThat(KnownKeys.DEFAULTS.isText("url")).isFalse();
		assertThat(KnownKeys.GLOBAL.match(List.of("clients"), List.of(false)).kind()).isEqualTo(Kind.UNKNOWN);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			'',    abc,  3
			abc,   abc,  0
			abc,   abd,  1
			abc,   acb,  1
			abc,   abcd, 1
			abcd,  bcd,  1
			ab,    xy,   2
			""")
	void theDistanceCountsChanges(String one, String other, int distance) {
		assertThat(Spelling.distance(one, other)).isEqualTo(distance);
		assertThat(Spelling.distance(other, one)).isEqualTo(distance);
	}

}
