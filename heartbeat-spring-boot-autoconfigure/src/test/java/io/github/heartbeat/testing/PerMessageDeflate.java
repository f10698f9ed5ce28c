package io.github.heartbeat.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * The server's side of permessage-deflate (RFC 7692). Compresses and decompresses the
 * messages of one connection. Its window always has 15 bits.
 */
public final class PerMessageDeflate {

	/** The bit of the first byte of a compressed message. */
	public static final int RSV1 = 0x40;

	private static final byte[] TAIL = { 0, 0, (byte) 0xFF, (byte) 0xFF };

	private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

	private final Inflater inflater = new Inflater(true);

	private final boolean serverTakesOver;

	private final boolean clientTakesOver;

	/**
	 * Create a codec.
	 * @param answer the answer of the server, with its parameters
	 */
	public PerMessageDeflate(String answer) {
		this.serverTakesOver = !answer.contains("server_no_context_takeover");
		this.clientTakesOver = !answer.contains("client_no_context_takeover");
	}

	/**
	 * Compress a message of the server.
	 */
	public byte[] deflate(byte[] message) {
		byte[] blocks = deflateBlocks(message);
		if (!this.serverTakesOver) {
			this.deflater.reset();
		}
		int end = blocks.length - TAIL.length;
		if (end >= 0 && Arrays.equals(blocks, end, blocks.length, TAIL, 0, TAIL.length)) {
			blocks = Arrays.copyOf(blocks, end);
		}
		return (blocks.length > 0) ? blocks : new byte[1];
	}

	/**
	 * Compress a part of a message, so that another part can follow.
	 */
	public byte[] deflateBlocks(byte[] part) {
		this.deflater.setInput(part);
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		byte[] buffer = new byte[8192];
		int length = buffer.length;
		while (length == buffer.length) {
			length = this.deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
			out.write(buffer, 0, length);
		}
		return out.toByteArray();
	}

	/**
	 * Decompress a message of the client.
	 */
	public byte[] inflate(byte[] message) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		inflate(message, out);
		inflate(TAIL, out);
		if (!this.clientTakesOver) {
			this.inflater.reset();
		}
		return out.toByteArray();
	}

	private void inflate(byte[] input, ByteArrayOutputStream out) throws IOException {
		this.inflater.setInput(input);
		byte[] buffer = new byte[8192];
		try {
			int length = this.inflater.inflate(buffer);
			while (length > 0) {
				out.write(buffer, 0, length);
				length = this.inflater.inflate(buffer);
			}
		}
		catch (DataFormatException ex) {
			throw new IOException(ex);
		}
	}

}
