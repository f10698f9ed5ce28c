package io.github.heartbeat.internal.client;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.testing.Certificates;
import io.github.heartbeat.testing.PerMessageDeflate;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import io.github.heartbeat.testing.TestServer.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static io.github.heartbeat.testing.PerMessageDeflate.RSV1;
import static io.github.heartbeat.testing.TestServer.BINARY;
import static io.github.heartbeat.testing.TestServer.CONTINUATION;
import static io.github.heartbeat.testing.TestServer.FIN;
import static io.github.heartbeat.testing.TestServer.PING;
import static io.github.heartbeat.testing.TestServer.TEXT;
import static io.github.heartbeat.testing.TestServer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests permessage-deflate (RFC 7692).
 */
class CompressionIntegrationTests extends EachContainer {

	private static final String DEFLATE = "permessage-deflate";

	private final BlockingQueue<WebSocketMessage<?>> messages = new LinkedBlockingQueue<>();

	@Test
	void nothingIsOfferedByDefault() {
		HeartbeatClient client = open(settings());
		assertThat(server().connection(1).headers()).doesNotContainKey("Sec-WebSocket-Extensions");
		assertThat(client.getSnapshot().compressed()).isFalse();
	}

	/**
	 * Neither container can use a smaller window, so none is offered.
	 */
	@Test
	void compressionIsOfferedWithoutParameters() {
		server().compress();
		HeartbeatClient client = open(compressed());
		assertThat(server().connection(1).headers()).containsEntry("Sec-WebSocket-Extensions", DEFLATE);
		assertThat(client.getSnapshot().compressed()).isTrue();
		client.close();
		log().await("CLOSE");
		assertThat(client.getSnapshot().compressed()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "false, true, ;server_no_context_takeover", "true, false, ;client_no_context_takeover",
			"false, false, ;server_no_context_takeover;client_no_context_takeover" })
	void takeoverOfContextsCanBeRefused(boolean server, boolean client, String parameters) throws Exception {
		server().behave((connection) -> {
			connection.upgradeWith(DEFLATE + parameters);
			connection.echo();
		});
		HeartbeatClient opened = open(
				compressed().compressionServerContextTakeover(server).compressionClientContextTakeover(client));
		assertThat(server().connection(1).headers().get("Sec-WebSocket-Extensions").replace(" ", "").split(";"))
			.containsExactlyInAnyOrder((DEFLATE + parameters).split(";"));
		for (int i = 0; i < 5; i++) {
			roundTrip(opened, new TextMessage("the same text again and again"));
		}
		assertThat(server().connection(1).compressedMessages()).isEqualTo(5);
	}

	@Test
	void withoutAnAnswerTheConnectionIsPlain() {
		HeartbeatClient client = open(compressed());
		client.send("hello").join();
		log().await("MESSAGE hello");
		assertThat(client.getSnapshot().compressed()).isFalse();
		assertThat(server().connection(1).compressedMessages()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { DEFLATE, DEFLATE + "; server_no_context_takeover", DEFLATE + ";client_no_context_takeover",
			DEFLATE + "; server_no_context_takeover; client_no_context_takeover",
			DEFLATE + "; server_max_window_bits=15", DEFLATE + "; server_max_window_bits=\"10\"",
			DEFLATE + "; server_max_window_bits=9; server_no_context_takeover" })
	void everyAnswerThatTheStandardAllows(String answer) throws Exception {
		server().behave((connection) -> {
			connection.upgradeWith(answer);
			connection.echo();
		});
		HeartbeatClient client = open(compressed());
		assertThat(client.getSnapshot().compressed()).isTrue();
		for (int i = 0; i < 20; i++) {
			roundTrip(client, new TextMessage("the same text again and again " + i));
			roundTrip(client, new BinaryMessage(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }));
		}
		assertThat(server().connection(1).compressedMessages()).isEqualTo(40);
		assertThat(log().lines().stream().filter((line) -> !line.startsWith("MESSAGE"))).containsExactly("OPEN");
	}

	static Stream<Arguments> answersAgainstTheStandard() {
		return Stream.of(arguments(DEFLATE + "; client_max_window_bits=10"), arguments(DEFLATE + "; unknown"),
				arguments(DEFLATE + "; server_max_window_bits=16"), arguments(DEFLATE + "; server_max_window_bits=7"),
				arguments(DEFLATE + "; server_max_window_bits=x"), arguments(DEFLATE + "; server_max_window_bits"),
				arguments(DEFLATE + ", " + DEFLATE), arguments("x-webkit-deflate-frame"),
				arguments(DEFLATE + ", other"), arguments("other, " + DEFLATE), arguments("\""));
	}

	@ParameterizedTest
	@MethodSource("answersAgainstTheStandard")
	void anAnswerAgainstTheStandardFailsTheAttempt(String answer) {
		server().behave((connection) -> {
			connection.upgradeWith(answer);
			connection.echo();
		}, Behaviour.ECHO);
		create(compressed());
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_FAILED", "RECONNECT 1", "OPEN");
	}

	@Test
	void anAnswerWithoutAnOfferFailsTheAttempt() throws Exception {
		server().behave((connection) -> {
			connection.upgradeWith(DEFLATE);
			connection.echo();
		}, Behaviour.ECHO);
		create(settings());
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_FAILED", "RECONNECT 1", "OPEN");
		server().connection(1).awaitEnd();
	}

	@ParameterizedTest
	@ValueSource(strings = { DEFLATE, DEFLATE + "; server_no_context_takeover; client_no_context_takeover" })
	void messagesOfAllSizesAroundTheBuffers(String answer) throws Exception {
		server().behave((connection) -> {
			connection.upgradeWith(answer);
			connection.echo();
		});
		HeartbeatClient client = open(compressed().sendQueueBytes(DataSize.ofMegabytes(20)));
		Random random = new Random(23);
		for (int size : new int[] { 0, 1, 125, 126, 127, 1023, 1024, 1025, 4095, 4096, 4097, 8191, 8192, 8193, 16383,
				16384, 16385, 65535, 65536, 65537, 900_000 }) {
			byte[] noise = new byte[size];
			random.nextBytes(noise);
			roundTrip(client, new BinaryMessage(noise));
			roundTrip(client, new BinaryMessage(new byte[size]));
			roundTrip(client, new TextMessage("x".repeat(size)));
			roundTrip(client, new TextMessage("€".repeat(size / 3)));
		}
	}

	/**
	 * Tomcat writes a large message in fragments.
	 */
	@Test
	void aMessageOfSeveralMegabytes() throws Exception {
		server().compress();
		HeartbeatClient client = open(
				compressed().maxMessageSize(DataSize.ofMegabytes(8)).sendQueueBytes(DataSize.ofMegabytes(20)));
		byte[] noise = new byte[5_000_000];
		new Random(23).nextBytes(noise);
		roundTrip(client, new BinaryMessage(noise));
		roundTrip(client, new TextMessage("0123456789ö🚀".repeat(300_000)));
	}

	@ParameterizedTest
	@CsvSource({ DEFLATE + ", 20000", DEFLATE + "; server_no_context_takeover; client_no_context_takeover, 2000" })
	void batchesArriveWholeAndInOrder(String answer, int count) throws Exception {
		server().behave((connection) -> {
			connection.upgradeWith(answer);
			connection.echo();
		});
		HeartbeatClient client = open(compressed().sendQueueMessages(count).sendQueueBytes(DataSize.ofMegabytes(100)));
		CompletableFuture<?>[] sends = IntStream.range(0, count)
			.mapToObj((i) -> client.send(batched(i)))
			.toArray(CompletableFuture[]::new);
		for (int i = 0; i < count; i++) {
			assertThat(next().getPayload()).isEqualTo(batched(i));
		}
		CompletableFuture.allOf(sends).join();
		assertThat(server().connection(1).compressedMessages()).isEqualTo(count);
	}

	private static String batched(int i) {
		return i + " {\"symbol\":\"ACME\",\"price\":" + i * 7919L % 100_000 + "}";
	}

	/**
	 * Fragments can end anywhere, and a ping can come between them.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 8192 })
	void fragmentsOfACompressedMessage(int size) throws Exception {
		String text = IntStream.range(0, 2000).mapToObj((i) -> i + " ö🚀").toList().toString();
		server().behave((connection) -> {
			connection.upgradeWith(DEFLATE);
			byte[] bytes = new PerMessageDeflate(DEFLATE).deflate(text.getBytes(StandardCharsets.UTF_8));
			ByteArrayOutputStream frames = new ByteArrayOutputStream();
			for (int i = 0; i < bytes.length; i += size) {
				int end = Math.min(bytes.length, i + size);
				frames.writeBytes(frame(((i == 0) ? RSV1 | TEXT : CONTINUATION) | ((end == bytes.length) ? FIN : 0),
						Arrays.copyOfRange(bytes, i, end)));
				if (i < 100) {
					frames.writeBytes(frame(FIN | PING, new byte[] { 'p' }));
				}
			}
			connection.write(frames.toByteArray());
			connection.readSilently();
		});
		open(compressed());
		assertThat(next().getPayload()).isEqualTo(text);
		until(() -> server().connection(1).pongs() > 0);
	}

	@Test
	void aServerMayLeaveMessagesUncompressed() throws Exception {
		server().behave((connection) -> {
			connection.upgradeWith(DEFLATE);
			connection.text("compressed");
			connection.write(frame(FIN | TEXT, "plain".getBytes(StandardCharsets.US_ASCII)));
			connection.text("compressed");
			connection.readSilently();
		});
		open(compressed());
		assertThat(next().getPayload()).isEqualTo("compressed");
		assertThat(next().getPayload()).isEqualTo("plain");
		assertThat(next().getPayload()).isEqualTo("compressed");
	}

	@Test
	void theLimitIsThatOfTheInflatedSize() throws Exception {
		server().behave((connection) -> {
			connection.upgradeWith(DEFLATE);
			connection.text("x".repeat(100_000));
			connection.binary(new byte[100_000]);
			connection.text("x".repeat(100_001));
			connection.readSilently();
		}, Behaviour.ECHO);
		open(compressed().maxMessageSize(DataSize.ofBytes(100_000)));
		assertThat(next().getPayload()).isEqualTo("x".repeat(100_000));
		assertThat(((ByteBuffer) next().getPayload()).remaining()).isEqualTo(100_000);
		log().await("OPEN again");
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 1009");
		assertThat(log().lines().subList(3, 7)).containsExactly("ERROR MESSAGE_TOO_LARGE 1009", "CLOSE 1009 CLIENT",
				"RECONNECT 1", "OPEN again");
	}

	/** The size of one inflated fragment of a bomb, of some 16 KB. */
	private static final int FRAGMENT = 16 * 1024 * 1024;

	static Stream<Arguments> bombs() {
		byte[] blocks = new PerMessageDeflate(DEFLATE).deflateBlocks(new byte[FRAGMENT]);
		byte[] small = new PerMessageDeflate(DEFLATE).deflateBlocks(new byte[1000]);
		return Stream.of(arguments("a text", frame(FIN | RSV1 | TEXT, repeat(blocks, 64)), new byte[0]),
				arguments("a binary message", frame(FIN | RSV1 | BINARY, repeat(blocks, 64)), new byte[0]),
				arguments("endless fragments of a text", frame(RSV1 | TEXT, blocks), frame(CONTINUATION, blocks)),
				arguments("endless fragments of a binary message", frame(RSV1 | BINARY, blocks),
						frame(CONTINUATION, blocks)),
				arguments("endless small fragments", frame(RSV1 | TEXT, small), frame(CONTINUATION, small)));
	}

	private static byte[] repeat(byte[] bytes, int times) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (int i = 0; i < times; i++) {
			all.writeBytes(bytes);
		}
		return all.toByteArray();
	}

	/**
	 * The server does not answer the close, and the close timeout is longer than the
	 * test.
	 */
	@ParameterizedTest(name = "{0}")
	@MethodSource("bombs")
	void aBombClosesWith1009AndItsSocketIsDroppedAtOnce(String name, byte[] first, byte[] others) throws Exception {
		server().behave((connection) -> {
			connection.upgradeWith(DEFLATE);
			connection.alongside(Connection::readSilently);
			connection.write(first);
			while (others.length > 0) {
				connection.write(others);
			}
			connection.park();
		}, Behaviour.ECHO);
		create(compressed().closeTimeout(Duration.ofMinutes(1)));
		log().await("OPEN again");
		assertThat(log().lines()).containsExactly("OPEN", "ERROR MESSAGE_TOO_LARGE 1009", "CLOSE 1009 CLIENT",
				"RECONNECT 1", "OPEN again");
		until(() -> server().connection(1).received().contains("CLOSE 1009"));
	}

	/**
	 * Tomcat reports the loss of a connection whose stream it cannot inflate. Each other
	 * close code is reported as if the server had sent it.
	 */
	static Stream<Arguments> garbage() {
		byte[] invalid = { (byte) 0xFF, (byte) 0xFF, 1, 2, 3 };
		byte[] fragment = new PerMessageDeflate(DEFLATE).deflateBlocks(new byte[] { 'x' });
		return Stream.of(arguments("a text that cannot be inflated", frame(FIN | RSV1 | TEXT, invalid), 1006, 1007),
				arguments("a binary message that cannot be inflated", frame(FIN | RSV1 | BINARY, invalid), 1006, 1007),
				arguments("a ping with RSV1", frame(FIN | RSV1 | PING, new byte[0]), 1002, 1002),
				arguments("RSV2", frame(FIN | RSV1 | 0x20 | TEXT, fragment), 1002, 1002),
				arguments("UTF-8 that is invalid when inflated",
						frame(FIN | RSV1 | TEXT,
								new PerMessageDeflate(DEFLATE).deflate(new byte[] { 'a', (byte) 0xC3, '(' })),
						1007, 1007));
	}

	/**
	 * Tomcat ignores the bit.
	 */
	@Test
	void aContinuationWithRsv1() {
		server().behave((connection) -> {
			connection.upgradeWith(DEFLATE);
			connection
				.write(join(frame(TEXT, new byte[] { 'a' }), frame(FIN | RSV1 | CONTINUATION, new byte[] { 'b' })));
			connection.readSilently();
		});
		create(compressed());
		log().await(on("MESSAGE", "CLOSE"));
		assertThat(log().lines()).startsWith("OPEN", on("MESSAGE ab", "CLOSE 1002 SERVER"));
	}

	private static byte[] join(byte[] first, byte[] second) {
		byte[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("garbage")
	void garbageEndsTheConnectionOnce(String name, byte[] frames, int tomcat, int jetty) throws Exception {
		server().behave((connection) -> {
			connection.upgradeWith(DEFLATE);
			connection.write(frame(FIN | TEXT, new byte[] { 'x' }));
			connection.write(frames);
			connection.readSilently();
		}, Behaviour.ECHO);
		create(compressed());
		log().await("OPEN again");
		int code = on(tomcat, jetty);
		assertThat(log().lines().stream().filter((line) -> !line.startsWith("ERROR"))).containsExactly("OPEN",
				"MESSAGE x", "CLOSE " + code + ((code == 1006) ? " TRANSPORT" : " SERVER"), "RECONNECT 1",
				"OPEN again");
		server().connection(1).awaitEnd();
	}

	@Test
	void compressionOverTls(@TempDir Path directory) throws Exception {
		Certificates certificates = new Certificates(directory);
		certificates.sign("good", "-ext", "san=dns:localhost");
		server().compress();
		server().behave(Behaviour.tls(certificates.server("good"), Behaviour.ECHO));
		HeartbeatClient client = open(settings(server().secureUrl()).compressionEnabled(true)
			.listener(receiver())
			.sslContext(certificates.client("authority"))
			.connectTimeout(Duration.ofSeconds(20)));
		assertThat(client.getSnapshot().compressed()).isTrue();
		for (int size : new int[] { 1, 1000, 100_000 }) {
			roundTrip(client, new TextMessage("x".repeat(size)));
		}
		assertThat(server().connection(1).compressedMessages()).isEqualTo(3);
	}

	private HeartbeatClientSettings.Builder compressed() {
		return settings().compressionEnabled(true).listener(receiver()).reconnectTimeout(Duration.ofMillis(20));
	}

	private HeartbeatListener receiver() {
		return new HeartbeatListener() {

			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				CompressionIntegrationTests.this.messages.add(message);
			}

		};
	}

	private void roundTrip(HeartbeatClient client, WebSocketMessage<?> message) throws InterruptedException {
		client.send(message).join();
		assertThat(next().getPayload()).isEqualTo(message.getPayload());
	}

	private WebSocketMessage<?> next() throws InterruptedException {
		WebSocketMessage<?> next = this.messages.poll(20, TimeUnit.SECONDS);
		assertThat(next).isNotNull();
		return next;
	}

}
