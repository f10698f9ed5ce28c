package io.github.heartbeat.benchmark.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;

import io.github.heartbeat.testing.PerMessageDeflate;

/**
 * The frames and the handshake that the server writes (RFC 6455).
 */
final class Frames {

	static final int TEXT = 1;

	static final int CLOSE = 8;

	static final int PING = 9;

	static final int PONG = 10;

	private static final String PERMESSAGE_DEFLATE = "permessage-deflate";

	private static final List<String> SYMBOLS = List.of("EURUSD", "EURGBP", "USDJPY", "GBPUSD", "USDCHF", "AUDUSD");

	private static final int FIN = 0x80;

	private static final int ONE_BYTE_LENGTH = 125;

	private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private Frames() {
	}

	/**
	 * Return a complete server frame that is ready to be written.
	 */
	static ByteBuffer frame(int opcode, byte[] payload) {
		ByteBuffer frame = ByteBuffer.allocate(payload.length + 4);
		frame.put((byte) (FIN | opcode));
		if (payload.length <= ONE_BYTE_LENGTH) {
			frame.put((byte) payload.length);
		}
		else if (payload.length < 1 << 16) {
			frame.put((byte) 126).putShort((short) payload.length);
		}
		else {
			throw new IllegalArgumentException("No benchmark needs such a message");
		}
		return frame.put(payload).flip();
	}

	/**
	 * Return a text message of the given size that is ready to be written.
	 */
	static ByteBuffer text(int size) {
		return frame(TEXT, "x".repeat(size).getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * Return the messages of a feed, of 100 bytes each.
	 */
	static List<byte[]> quotes(int count) {
		Random random = new Random(1);
		List<byte[]> quotes = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			String quote = String.format(Locale.ROOT,
					"{\"type\":\"quote\",\"symbol\":\"%s\",\"bid\":1.%06d,\"ask\":1.%06d,\"volume\":%05d,\"time\":17644176%05d}",
					SYMBOLS.get(random.nextInt(SYMBOLS.size())), random.nextInt(1_000_000), random.nextInt(1_000_000),
					random.nextInt(100_000), i);
			quotes.add(quote.getBytes(StandardCharsets.US_ASCII));
		}
		return quotes;
	}

	/**
	 * Return compressed text messages that are ready to be written. A block of them can be
	 * repeated, because it refers to nothing before its beginning.
	 */
	static List<ByteBuffer> compressed(List<byte[]> messages) {
		PerMessageDeflate codec = new PerMessageDeflate(PERMESSAGE_DEFLATE);
		return messages.stream()
			.map((message) -> frame(TEXT | PerMessageDeflate.RSV1, codec.deflate(message)))
			.toList();
	}

	/**
	 * Return the answer to a handshake.
	 * @param compression whether to accept compression if the client offers it
	 */
	static ByteBuffer handshakeAnswer(String request, boolean compression) {
		String key = header(request, "sec-websocket-key");
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
			String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest) + "\r\n"
					+ (isCompressed(request, compression) ? "Sec-WebSocket-Extensions: " + PERMESSAGE_DEFLATE + "\r\n" : "")
					+ "\r\n";
			return ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return whether the messages of a connection are compressed.
	 */
	static boolean isCompressed(String request, boolean compression) {
		return compression && request.contains(PERMESSAGE_DEFLATE);
	}

	private static String header(String request, String name) {
		for (String line : request.split("\r\n")) {
			int colon = line.indexOf(':');
			if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
				return line.substring(colon + 1).trim();
			}
		}
		throw new IllegalArgumentException("There is no " + name);
	}

}
