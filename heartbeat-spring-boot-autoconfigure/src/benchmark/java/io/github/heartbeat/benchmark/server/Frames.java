package io.github.heartbeat.benchmark.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The frames and the handshake that the server writes (RFC 6455).
 */
final class Frames {

	static final int TEXT = 1;

	static final int CLOSE = 8;

	static final int PING = 9;

	static final int PONG = 10;

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
	 * Return the answer to a handshake.
	 */
	static ByteBuffer handshakeAnswer(String request) {
		String key = header(request, "sec-websocket-key");
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
			String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n";
			return ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
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
