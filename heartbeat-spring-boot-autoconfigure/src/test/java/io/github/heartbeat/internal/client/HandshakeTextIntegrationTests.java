package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.testing.CapturedLog;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests the text of the handshake as a server receives it: URL, headers, protocols and
 * host.
 */
class HandshakeTextIntegrationTests extends EachContainer {

	private static final String URLS = """
			/p?user=张三                | /p?user=%E5%BC%A0%E4%B8%89
			/aĊb                        | /a%C4%8Ab
			/ü?é=ÿ&x=1                  | /%C3%BC?%C3%A9=%C3%BF&x=1
			/p?emoji=😀                 | /p?emoji=%F0%9F%98%80
			/e\u0301                    | /e%CC%81
			/wide\u3000space            | /wide%E3%80%80space
			/done%20already?q=%E5%BC%A0 | /done%20already?q=%E5%BC%A0
			?only=ö                     | /?only=%C3%B6
			""";

	@RegisterExtension
	final CapturedLog ourLog = new CapturedLog("io.github.heartbeat");

	@RegisterExtension
	final CapturedLog springLog = new CapturedLog("org.springframework");

	private String url(String rest) {
		return "ws://localhost:" + server().port() + rest;
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = URLS)
	void aUrlBeyondAsciiArrivesPercentEncoded(String rest, String target) {
		open(settings(url(rest)));
		assertThat(server().connection(1).requestLine()).isEqualTo("GET " + target + " HTTP/1.1");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = URLS)
	void aUrlOfACustomizerArrivesPercentEncoded(String rest, String target) {
		assumeThat(rest).doesNotContain("\u3000");
		open(settings().handshakeCustomizer((name, handshake) -> handshake.setUrl(URI.create(url(rest)))));
		assertThat(server().connection(1).requestLine()).isEqualTo("GET " + target + " HTTP/1.1");
	}

	@Test
	void userInfoBeyondAsciiArrivesAsUtf8() {
		open(settings("ws://ürsula:pä%40ß@localhost:" + server().port() + "/"));
		String basic = server().connection(1).headers().get("Authorization");
		assertThat(basic).startsWith("Basic ");
		assertThat(new String(Base64.getDecoder().decode(basic.substring(6)), StandardCharsets.UTF_8))
			.isEqualTo("ürsula:pä@ß");
	}

	@Test
	void noLogHasTheSecretsOfTheHandshake() {
		this.ourLog.level(Level.DEBUG);
		this.springLog.level(Level.DEBUG);
		open(settings("ws://user:secret@localhost:" + server().port() + "/?token=secret").header("X-Text", "secret"));
		assertThat(server().connection(1).headers()).containsEntry("X-Text", "secret");
		assertThat(this.ourLog.lines()).isNotEmpty();
		assertThat(Stream.concat(this.ourLog.lines().stream(), this.springLog.lines().stream()))
			.extracting(ILoggingEvent::getFormattedMessage)
			.noneMatch((line) -> line.contains("secret"));
	}

	/**
	 * All characters from the space to the end of Latin-1, except DEL.
	 */
	static Stream<String> sendable() {
		StringBuilder all = new StringBuilder("<");
		for (char c = ' '; c <= 0xFF; c++) {
			if (c != 0x7F) {
				all.append(c);
			}
		}
		return Stream.of("a, b; c=\"d\"", "Grüße ÿ", all.append('>').toString());
	}

	@ParameterizedTest
	@MethodSource("sendable")
	void aHeaderOfLatin1ArrivesAsItIs(String value) {
		open(settings().header("X-Text", value));
		assertThat(server().connection(1).headers().get("X-Text")).isEqualTo(value);
	}

	static Stream<HeartbeatHandshakeCustomizer> unsendable() {
		return Stream.of((name, handshake) -> handshake.getHeaders().set("X-Text", "张三"),
				(name, handshake) -> handshake.getHeaders().set("X-Text", "a\u010Ab"),
				(name, handshake) -> handshake.getHeaders().set("X-Text", "a\tb"),
				(name, handshake) -> handshake.getHeaders().set("X-Text", "a\u0000b"),
				(name, handshake) -> handshake.getHeaders().set("X-Text", "a\u007Fb"),
				(name, handshake) -> handshake.getHeaders().set("X-Text", "a\r\nX-Evil: b"),
				(name, handshake) -> handshake.getHeaders().set("X-Täxt", "a"),
				(name, handshake) -> handshake.setProtocols(List.of("chät")),
				(name, handshake) -> handshake.setProtocols(List.of("chat\u0001")),
				(name, handshake) -> handshake.setUrl(URI.create("ws://localhost/half\uD83D")),
				(name, handshake) -> handshake.setUrl(URI.create("ws://%FF@localhost/")),
				(name, handshake) -> handshake.setUrl(URI.create("ws://a%3Ab:c@localhost/")));
	}

	@ParameterizedTest
	@MethodSource("unsendable")
	void whatACustomizerCannotSendFailsTheAttempt(HeartbeatHandshakeCustomizer customizer) {
		create(settings().handshakeCustomizer(customizer).repeatLimit(0));
		log().await("EXHAUSTED");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_CUSTOMIZER", "EXHAUSTED 0");
		assertThat(server().connections()).allSatisfy((connection) -> assertThat(connection.requestLine()).isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "[::1%lo]", "[::1%25lo]" })
	void aZoneOfAnAddressIsNotSent(String host) throws Exception {
		NetworkInterface loopback = NetworkInterface.networkInterfaces()
			.filter((candidate) -> candidate.inetAddresses()
				.anyMatch((address) -> address instanceof Inet6Address && address.isLoopbackAddress()))
			.findFirst()
			.orElse(null);
		assumeThat(loopback).as("loopback interface with IPv6").isNotNull();
		connectsWithoutZone(InetAddress.getByName("::1"), host.replace("lo]", loopback.getName() + "]"), "[::1]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "%", "%25" })
	void aZoneOfALinkLocalAddressIsNotSent(String percent) throws Exception {
		Inet6Address address = NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter((candidate) -> candidate instanceof Inet6Address && candidate.isLinkLocalAddress())
			.map(Inet6Address.class::cast)
			.findFirst()
			.orElse(null);
		assumeThat(address).as("link-local address").isNotNull();
		String literal = address.getHostAddress();
		connectsWithoutZone(address, "[" + literal.replace("%", percent) + "]",
				"[" + literal.substring(0, literal.indexOf('%')) + "]");
	}

	private void connectsWithoutZone(InetAddress address, String host, String sent) throws IOException {
		try (TestServer server = new TestServer(Behaviour.ECHO, address)) {
			open(settings("ws://" + host + ":" + server.port() + "/path?query"));
			assertThat(server.connection(1).headers().get("Host")).isEqualTo(sent + ":" + server.port());
			assertThat(server.connection(1).requestLine()).isEqualTo("GET /path?query HTTP/1.1");
			clients().remove("test");
		}
	}

}
