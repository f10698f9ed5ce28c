package io.github.heartbeat.internal.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.WebSocketMessage;

import static io.github.heartbeat.testing.TestServer.BINARY;
import static io.github.heartbeat.testing.TestServer.CLOSE;
import static io.github.heartbeat.testing.TestServer.CONTINUATION;
import static io.github.heartbeat.testing.TestServer.FIN;
import static io.github.heartbeat.testing.TestServer.PING;
import static io.github.heartbeat.testing.TestServer.TEXT;
import static io.github.heartbeat.testing.TestServer.frame;
import static io.github.heartbeat.testing.TestServer.frameHeader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests invalid data from the server or an intermediary. The client detects it once,
 * delivers none of it, and soon has an open connection again. Tomcat closes with a code
 * that it chooses and then reports the code as if the server had sent it. Jetty reports a
 * failure.
 */
class GarbageIntegrationTests extends EachContainer {

	private static final DataSize LIMIT = DataSize.ofKilobytes(1);

	private static final byte[] GARBAGE = bytes(0xF7, 0xFF, 1, 2, 3, 4);

	static Stream<Arguments> framesAgainstTheProtocol() {
		return Stream.of(arguments("bad UTF-8", frame(FIN | TEXT, bytes('a', 0xC3, '(')), 1007),
				arguments("UTF-8 cut off at the end", frame(FIN | TEXT, bytes('a', 0xE2, 0x82)), 1007),
				arguments("UTF-8 cut off at the end of the last fragment",
						join(frame(TEXT, bytes('a', 0xE2)), frame(FIN | CONTINUATION, bytes(0x82))), 1007),
				arguments("a lone surrogate in UTF-8", frame(FIN | TEXT, bytes(0xED, 0xA0, 0x80)), 1007),
				arguments("RSV1", frame(FIN | 0x40 | TEXT, utf8("hello")), 1002),
				arguments("RSV2", frame(FIN | 0x20 | TEXT, utf8("hello")), 1002),
				arguments("RSV3", frame(FIN | 0x10 | TEXT, utf8("hello")), 1002),
				arguments("a reserved opcode for data", frame(FIN | 0x3, utf8("hello")), 1002),
				arguments("a reserved opcode for control", frame(FIN | 0xB, utf8("hello")), 1002),
				arguments("a mask", bytes(FIN | TEXT, 0x80 | 2, 0, 0, 0, 0, 'h', 'i'), 1002),
				arguments("a ping in fragments", frame(PING, utf8("hello")), 1002),
				arguments("a close in fragments", frame(CLOSE, bytes(1000 >> 8, 1000)), 1002),
				arguments("a long ping", frame(FIN | PING, new byte[126]), 1002),
				arguments("nothing to continue", frame(FIN | CONTINUATION, utf8("hello")), 1002),
				arguments("a message within another",
						join(frame(TEXT, utf8("hello")), frame(FIN | TEXT, utf8("hello"))), 1002),
				arguments("a close with code 0", close(0), 1002), arguments("a close with code 999", close(999), 1002),
				arguments("a close with code 1005", close(1005), 1002),
				arguments("a close with code 1006", close(1006), 1002),
				arguments("a close with code 1015", close(1015), 1002),
				arguments("a close with code 5000", close(5000), 1002),
				arguments("a close with code 65535", close(65535), 1002));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("framesAgainstTheProtocol")
	void framesAgainstTheProtocolEndTheConnectionOnce(String name, byte[] frames, int code) throws Exception {
		HeartbeatClient client = open(soon());
		roundTrip(client);
		server().connection(1).write(frames);
		assertRecovers(client, join("MESSAGE ready", protocolError(code)));
		assertThat(server().connection(1).next()).isEqualTo("TEXT ready");
		if (on(true, false)) {
			assertThat(server().connection(1).next()).isEqualTo("CLOSE " + code);
		}
		server().connection(1).awaitEnd();
	}

	@Test
	void aNegativeLength() throws Exception {
		HeartbeatClient client = open(soon());
		roundTrip(client);
		server().connection(1).write(frameHeader(FIN | TEXT, Long.MIN_VALUE));
		assertRecovers(client, join("MESSAGE ready", on(protocolError(1002), tooLarge())));
		server().connection(1).awaitEnd();
	}

	static Stream<Arguments> brokenCloses() {
		return Stream.of(arguments("half a code", frame(FIN | CLOSE, bytes(3)), 1002), arguments(
				"a reason that is no UTF-8", frame(FIN | CLOSE, bytes(1000 >> 8, 1000, 'a', 0xC3, '(')), 1007));
	}

	/**
	 * Tomcat stops reading and reports nothing, so the heartbeat must detect the failure.
	 */
	@ParameterizedTest(name = "{0}")
	@MethodSource("brokenCloses")
	void closesThatCannotBeRead(String name, byte[] close, int jetty) throws Exception {
		HeartbeatClient client = open(quick());
		roundTrip(client);
		server().connection(1).write(close);
		assertRecovers(client,
				join("MESSAGE ready", on(new String[] { "CLOSE 1006 HEARTBEAT" }, protocolError(jetty))));
		server().connection(1).awaitEnd();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("brokenCloses")
	void closesThatCannotBeReadInOnePieceWithTheUpgrade(String name, byte[] close, int jetty) {
		server().behave(upgradingWith(close), Behaviour.ECHO);
		HeartbeatClient client = create(soon());
		assertRecovers(client, protocolError(on(1002, jetty)));
	}

	@Test
	void garbageAfterAMessageCostsNotTheMessage() {
		server().behave(Behaviour.writing(join(frame(FIN | TEXT, utf8("hello")), GARBAGE)), Behaviour.ECHO);
		HeartbeatClient client = create(soon());
		assertRecovers(client, join("MESSAGE hello", protocolError(1002)));
	}

	@Test
	void garbageInOnePieceWithTheUpgrade() {
		server().behave(upgradingWith(GARBAGE), Behaviour.ECHO);
		HeartbeatClient client = create(soon());
		assertRecovers(client, protocolError(1002));
	}

	@Test
	void aMessageInOnePieceWithTheUpgradeIsDeliveredAfterOpen() {
		server().behave(upgradingWith(frame(FIN | TEXT, utf8("hello"))));
		create(soon());
		log().await("MESSAGE");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE hello");
	}

	@Test
	void aCloseInOnePieceWithTheUpgradeComesAfterOpen() {
		server().behave(upgradingWith(close(4000)), Behaviour.ECHO);
		HeartbeatClient client = create(soon());
		assertRecovers(client, "CLOSE 4000 SERVER");
	}

	@Test
	void aCloseWithoutACodeIsNoGarbage() {
		server().behave(Behaviour.writing(frame(FIN | CLOSE, new byte[0])), Behaviour.ECHO);
		HeartbeatClient client = create(soon());
		assertRecovers(client, on("CLOSE 1000 SERVER", "CLOSE 1005 SERVER"));
	}

	@Test
	void aCharacterCutByAFragmentArrivesWhole() {
		byte[] text = utf8("a€🚀");
		List<byte[]> frames = new ArrayList<>();
		for (int i = 0; i < text.length; i++) {
			frames.add(frame(((i == 0) ? TEXT : CONTINUATION) | ((i == text.length - 1) ? FIN : 0),
					new byte[] { text[i] }));
		}
		server().behave(Behaviour.writing(join(frames.toArray(byte[][]::new))));
		create(soon());
		log().await("MESSAGE");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE a€🚀");
	}

	/**
	 * Tomcat reads such a frame in pieces and waits for the rest. Jetty rejects a length
	 * beyond the maximum length of an array.
	 */
	@ParameterizedTest
	@ValueSource(ints = { TEXT, BINARY })
	void aLengthThatNoPayloadFollows(int opcode) {
		server().behave(Behaviour.writing(frameHeader(FIN | opcode, 1L << 40)), Behaviour.ECHO);
		HeartbeatClient client = create(quick());
		assertRecovers(client, on(new String[] { "CLOSE 1006 HEARTBEAT" }, tooLarge()));
	}

	@Test
	void aFrameThatNeverEnds() throws Exception {
		server().behave((connection) -> {
			connection.upgrade();
			connection.write(frameHeader(FIN | TEXT, 1L << 40));
			writeForEver(connection, utf8("x".repeat(8192)));
		}, Behaviour.ECHO);
		HeartbeatClient client = create(soon().maxMessageSize(DataSize.ofKilobytes(64)));
		assertRecovers(client, tooLarge());
		server().connection(1).awaitEnd();
	}

	@ParameterizedTest
	@ValueSource(ints = { TEXT, BINARY })
	void fragmentsThatNeverEndMeetTheLimit(int opcode) throws Exception {
		server().behave((connection) -> {
			connection.upgrade();
			connection.write(frame(opcode, utf8("x")));
			writeForEver(connection, frame(CONTINUATION, utf8("x".repeat(1000))));
		}, Behaviour.ECHO);
		HeartbeatClient client = create(soon().maxMessageSize(DataSize.ofKilobytes(64)));
		assertRecovers(client, tooLarge());
		server().connection(1).awaitEnd();
	}

	/**
	 * They form no message and use no memory, but prove that the server is alive.
	 */
	@Test
	void emptyFragmentsThatNeverEndDoNoHarm() throws Exception {
		server().behave((connection) -> {
			connection.upgrade();
			connection.write(frame(TEXT, new byte[0]));
			connection.alongside((same) -> writeForEver(same, frame(CONTINUATION, new byte[0])));
			connection.readSilently();
		});
		HeartbeatClient client = open(quick());
		Awaitility.await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(5)).until(client::isOpen);
		client.send("still writing").join();
		client.close();
		server().connection(1).awaitEnd();
		assertThat(log().lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT");
	}

	@ParameterizedTest(name = "opcode {0} in frames of {1}")
	@CsvSource({ "1, 10000", "1, 7", "1, 1", "2, 10000", "2, 7", "2, 1" })
	void aMessageOfExactlyTheLimitArrivesAndOneByteMoreIsTooMuch(int opcode, int frameSize) throws Exception {
		String text = "€".repeat(170) + "🚀".repeat(128) + "xx";
		assertThat(utf8(text)).hasSize((int) LIMIT.toBytes());
		server().behave((connection) -> {
			connection.upgrade();
			connection.write(fragments(opcode, utf8(text), frameSize));
			connection.write(fragments(opcode, utf8(text + "x"), frameSize));
			connection.readSilently();
		}, Behaviour.ECHO);
		List<byte[]> received = new CopyOnWriteArrayList<>();
		HeartbeatClient client = create(soon().maxMessageSize(LIMIT).listener(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				Object payload = message.getPayload();
				received.add((payload instanceof ByteBuffer buffer) ? bytes(buffer) : utf8((String) payload));
			}
		}));
		assertRecovers(client, join("MESSAGE", tooLarge()));
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 1009");
		until(() -> received.size() == 2);
		assertThat(received.get(0)).isEqualTo(utf8(text));
	}

	@Test
	void aFloodOfPingsIsAnsweredAndHoldsBackNoSend() throws Exception {
		int pings = 20_000;
		server().behave((connection) -> {
			connection.upgrade();
			connection.alongside((same) -> {
				for (int i = 0; i < pings; i++) {
					same.write(frame(FIN | PING, utf8("ping " + i)));
				}
				same.text("over");
			});
			connection.echo();
		});
		HeartbeatClient client = open(soon());
		List<CompletableFuture<Void>> sends = IntStream.range(0, 100).mapToObj((i) -> client.send("own " + i)).toList();
		CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
		log().await("MESSAGE own", 100);
		log().await("MESSAGE over");
		until(() -> server().connection(1).pongs() == pings);
		assertThat(log().lines().stream().filter((line) -> line.startsWith("MESSAGE own")))
			.isEqualTo(IntStream.range(0, 100).mapToObj((i) -> "MESSAGE own " + i).toList());
		assertThat(log().lines()).hasSize(102);
	}

	/**
	 * The server does not read the pongs, so the client must stop reading instead of
	 * buffering them.
	 */
	@Test
	void aFloodOfPingsWhoseAnswersNobodyReadsIsHeldBackAndNoticed() throws Exception {
		AtomicLong flood = new AtomicLong();
		byte[] pings = join(
				IntStream.range(0, 500).mapToObj((i) -> frame(FIN | PING, new byte[125])).toArray(byte[][]::new));
		server().behave((connection) -> {
			connection.upgrade();
			while (true) {
				connection.write(pings);
				flood.addAndGet(pings.length);
			}
		}, Behaviour.ECHO);
		HeartbeatClient client = create(quick());
		assertRecovers(client, "CLOSE 1006 HEARTBEAT");
		server().connection(1).awaitEnd();
		assertThat(flood.get()).isLessThan(DataSize.ofMegabytes(32).toBytes());
	}

	static Stream<Arguments> answersToTheHandshake() {
		String failed = "ERROR HANDSHAKE_FAILED";
		String end = "\r\n\r\n";
		return Stream.of(
				arguments("a wrong accept", "Sec-WebSocket-Accept: .", "Sec-WebSocket-Accept: xx", "OPEN", failed),
				arguments("no accept", "Sec-WebSocket-Accept: [^\r]*\r\n", "", "OPEN", failed),
				arguments("no upgrade", "Upgrade: websocket\r\n", "", "OPEN", "OPEN"),
				arguments("another upgrade", "Upgrade: websocket", "Upgrade: h2c", "OPEN", "OPEN"),
				arguments("no connection", "Connection: Upgrade\r\n", "", "OPEN", failed),
				arguments("a protocol nobody offered", end, "\r\nSec-WebSocket-Protocol: other" + end, "OPEN", failed),
				arguments("compression nobody offered", end, "\r\nSec-WebSocket-Extensions: permessage-deflate" + end,
						failed, failed),
				arguments("an extension nobody knows", end, "\r\nSec-WebSocket-Extensions: other" + end, failed,
						failed),
				arguments("20 KB", end, "\r\nX-Large: " + "x".repeat(20_000) + end, failed, "OPEN"),
				arguments("100 KB", end, "\r\nX-Large: " + "x".repeat(100_000) + end, failed, failed),
				arguments("another protocol", "(?s).*", "SSH-2.0-OpenSSH_9\r\n", failed, failed),
				arguments("nothing readable", "(?s).*", "\u0001\u0002\u0003\u0004" + end, failed, failed),
				arguments("a status that is no number", "101", "abc", failed, failed),
				arguments("a status that is too large", "101", "99999", failed, failed),
				arguments("a refusal that cannot be read", "(?s).*", "HTTP/1.1 403 Forbidden\r\nnonsense\u0001" + end,
						"ERROR HANDSHAKE_REFUSED 403", failed));
	}

	/**
	 * Tomcat checks little more than the status.
	 */
	@ParameterizedTest(name = "{0}")
	@MethodSource("answersToTheHandshake")
	void answersToTheHandshakeThatAreWrong(String name, String regex, String replacement, String tomcat, String jetty)
			throws Exception {
		server().behave(answering(regex, replacement), Behaviour.ECHO);
		HeartbeatClient client = create(soon());
		String outcome = on(tomcat, jetty);
		log().await("OPEN");
		client.send("alive").join();
		if (outcome.equals("OPEN")) {
			assertThat(server().connection(1).next()).startsWith("TEXT");
			assertThat(log().lines()).containsExactly("OPEN");
		}
		else {
			log().await("MESSAGE alive");
			assertThat(log().lines()).containsExactly(outcome, "RECONNECT 1", "OPEN", "MESSAGE alive");
		}
	}

	@Test
	void headersThatNeverEnd() throws Exception {
		server().behave((connection) -> {
			connection.readRequest();
			connection.write(utf8("HTTP/1.1 101 Switching Protocols\r\n"));
			writeForEver(connection, utf8("X-Large: " + "x".repeat(1000) + "\r\n"));
		}, Behaviour.ECHO);
		create(soon());
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_FAILED", "RECONNECT 1", "OPEN");
		server().connection(1).awaitEnd();
	}

	/**
	 * Jetty reads the body before it reports the status.
	 */
	@Test
	void aRefusalWhoseBodyNeverEnds() throws Exception {
		server().behave((connection) -> {
			connection.readRequest();
			connection.write(utf8("HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n"));
			writeForEver(connection, utf8("a\r\n0123456789\r\n"));
		}, Behaviour.ECHO);
		create(soon().connectTimeout(Duration.ofMillis(800)));
		log().await("OPEN");
		assertThat(log().lines()).startsWith(on("ERROR HANDSHAKE_REFUSED 503", "ERROR CONNECT_TIMEOUT"), "RECONNECT 1");
		server().connection(1).awaitEnd();
	}

	/**
	 * After this method returns, the client reads the next data separately and not
	 * together with the upgrade, which Tomcat handles differently.
	 */
	private void roundTrip(HeartbeatClient client) {
		client.send("ready").join();
		log().await("MESSAGE ready");
	}

	/**
	 * Verifies that the client detected the data on the first connection once, and that
	 * the next connection works.
	 */
	private void assertRecovers(HeartbeatClient client, String... hooks) {
		log().await("OPEN again");
		client.send("alive").join();
		log().await("MESSAGE alive");
		List<String> expected = new ArrayList<>(List.of("OPEN"));
		expected.addAll(List.of(hooks));
		expected.addAll(List.of("RECONNECT 1", "OPEN again", "MESSAGE alive"));
		assertThat(log().lines()).zipSatisfy(expected, (line, start) -> assertThat(line).startsWith(start));
	}

	private static String[] protocolError(int code) {
		return new String[] { "CLOSE " + code + " SERVER" };
	}

	private static String[] tooLarge() {
		return new String[] { "ERROR MESSAGE_TOO_LARGE 1009", "CLOSE 1009 CLIENT" };
	}

	/**
	 * A server that violates the protocol does not answer a close.
	 */
	private HeartbeatClientSettings.Builder soon() {
		return settings().reconnectTimeout(Duration.ofMillis(50)).closeTimeout(Duration.ofMillis(300));
	}

	/**
	 * Settings for failures that only the heartbeat detects.
	 */
	private HeartbeatClientSettings.Builder quick() {
		return soon().pongMsg("heartbeat").pingTimeout(Duration.ofMillis(300)).pongTimeout(Duration.ofMillis(600));
	}

	private static Behaviour upgradingWith(byte[] more) {
		return (connection) -> {
			connection.readRequest();
			connection.write(join(connection.acceptance(), more));
			connection.readSilently();
		};
	}

	private static Behaviour answering(String regex, String replacement) {
		return (connection) -> {
			connection.readRequest();
			String answer = new String(connection.acceptance(), StandardCharsets.US_ASCII);
			connection.write(utf8(answer.replaceFirst(regex, replacement)));
			connection.readSilently();
		};
	}

	private static void writeForEver(TestServer.Connection connection, byte[] bytes) throws IOException {
		while (true) {
			connection.write(bytes);
		}
	}

	private static byte[] fragments(int opcode, byte[] message, int size) {
		ByteArrayOutputStream frames = new ByteArrayOutputStream();
		for (int from = 0; from < message.length; from += size) {
			int to = Math.min(from + size, message.length);
			frames.writeBytes(frame(((from == 0) ? opcode : CONTINUATION) | ((to == message.length) ? FIN : 0),
					Arrays.copyOfRange(message, from, to)));
		}
		return frames.toByteArray();
	}

	private static byte[] close(int code) {
		return frame(FIN | CLOSE, bytes(code >> 8, code));
	}

	private static byte[] bytes(int... values) {
		byte[] bytes = new byte[values.length];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (byte) values[i];
		}
		return bytes;
	}

	private static byte[] bytes(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.duplicate().get(bytes);
		return bytes;
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] join(byte[]... parts) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			joined.writeBytes(part);
		}
		return joined.toByteArray();
	}

	private static String[] join(String first, String... others) {
		return Stream.concat(Stream.of(first), Arrays.stream(others)).toArray(String[]::new);
	}

}
