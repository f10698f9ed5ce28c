package io.github.heartbeat.benchmark.server;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

import io.github.heartbeat.testing.PerMessageDeflate;

/**
 * One connection of the server. Confined to the server's thread.
 */
final class Peer {

	private static final int FRAMES_OF_A_BLAST = 1024;

	private final WebSocketServer server;

	private final SocketChannel channel;

	private final SelectionKey key;

	private final Deque<ByteBuffer> unwritten = new ArrayDeque<>();

	private byte[] rest = {};

	private boolean upgraded;

	private boolean compressed;

	/** Answers refer to no earlier message, because blasts are compressed elsewhere. */
	private PerMessageDeflate codec;

	private boolean frozen;

	private ByteBuffer blast;

	private long blastBytes;

	Peer(WebSocketServer server, SocketChannel channel, SelectionKey key) {
		this.server = server;
		this.channel = channel;
		this.key = key;
	}

	boolean isUpgraded() {
		return this.upgraded;
	}

	/**
	 * Read the available bytes.
	 * @param in a buffer that all connections share
	 */
	void read(ByteBuffer in) throws IOException {
		in.clear();
		in.put(this.rest);
		if (this.channel.read(in) < 0) {
			this.server.drop(this);
			return;
		}
		in.flip();
		if (!this.upgraded) {
			readHandshake(in);
		}
		while (this.upgraded && readFrame(in)) {
			// Each call reads one frame.
		}
		this.rest = new byte[in.remaining()];
		in.get(this.rest);
		flush();
	}

	private void readHandshake(ByteBuffer in) {
		String request = StandardCharsets.ISO_8859_1.decode(in.duplicate()).toString();
		int end = request.indexOf("\r\n\r\n");
		if (end < 0) {
			return;
		}
		in.position(end + 4);
		this.compressed = Frames.isCompressed(request, this.server.isCompressing());
		if (this.compressed) {
			this.codec = new PerMessageDeflate("server_no_context_takeover");
		}
		this.unwritten.add(Frames.handshakeAnswer(request, this.server.isCompressing()));
		this.upgraded = true;
		this.server.upgraded();
	}

	private boolean readFrame(ByteBuffer in) throws IOException {
		int start = in.position();
		if (in.remaining() < 2) {
			return false;
		}
		int opcode = in.get(start) & 0xf;
		int length = in.get(start + 1) & 0x7f;
		int header = 2;
		if (length == 126) {
			if (in.remaining() < 4) {
				return false;
			}
			length = in.getShort(start + 2) & 0xffff;
			header = 4;
		}
		else if (length == 127) {
			throw new IllegalArgumentException("No benchmark needs such a message");
		}
		int end = start + header + 4 + length;
		if (in.limit() < end) {
			return false;
		}
		if (opcode < Frames.CLOSE) {
			this.server.received();
			if (this.compressed && (in.get(start) & PerMessageDeflate.RSV1) != 0) {
				answerCompressed(opcode, payload(in, start + header, length));
			}
			else if (this.server
				.answers((length > 0) ? (byte) (in.get(start + header + 4) ^ in.get(start + header)) : 0)) {
				this.unwritten.add(Frames.frame(opcode, payload(in, start + header, length)));
			}
		}
		else if (opcode == Frames.PING) {
			this.unwritten.add(Frames.frame(Frames.PONG, payload(in, start + header, length)));
		}
		else if (opcode == Frames.CLOSE) {
			this.unwritten.add(Frames.frame(Frames.CLOSE, payload(in, start + header, length)));
		}
		in.position(end);
		return true;
	}

	private void answerCompressed(int opcode, byte[] payload) throws IOException {
		byte[] message = this.codec.inflate(payload);
		if (this.server.answers((message.length > 0) ? message[0] : 0)) {
			this.unwritten.add(Frames.frame(opcode | PerMessageDeflate.RSV1, this.codec.deflate(message)));
		}
	}

	private static byte[] payload(ByteBuffer in, int mask, int length) {
		byte[] payload = new byte[length];
		in.get(mask + 4, payload);
		for (int i = 0; i < length; i++) {
			payload[i] ^= in.get(mask + (i & 3));
		}
		return payload;
	}

	void write(ByteBuffer frame) throws IOException {
		this.unwritten.add(frame);
		flush();
	}

	/**
	 * Write the given number of text messages, as fast as the socket accepts them.
	 */
	void blast(long count, int size) throws IOException {
		blast(count, Collections.nCopies((int) Math.min(count, FRAMES_OF_A_BLAST), Frames.text(size)));
	}

	/**
	 * Write the given number of different text messages, which are compressed if that was
	 * negotiated.
	 */
	void blastQuotes(long count) throws IOException {
		List<byte[]> quotes = Frames.quotes((int) Math.min(count, FRAMES_OF_A_BLAST));
		blast(count, this.compressed ? Frames.compressed(quotes)
				: quotes.stream().map((quote) -> Frames.frame(Frames.TEXT, quote)).toList());
	}

	/**
	 * Write the given number of frames, by repeating a block of them.
	 */
	private void blast(long count, List<ByteBuffer> block) throws IOException {
		this.blast = ByteBuffer.allocateDirect(bytes(block));
		block.forEach((frame) -> this.blast.put(frame.duplicate()));
		this.blast.flip();
		this.blastBytes = count / block.size() * this.blast.remaining()
				+ bytes(block.subList(0, (int) (count % block.size())));
		flush();
	}

	private static int bytes(List<ByteBuffer> frames) {
		return frames.stream().mapToInt(ByteBuffer::remaining).sum();
	}

	/**
	 * Write the pending frames, and register for write readiness if some remain.
	 */
	void flush() throws IOException {
		if (this.frozen) {
			return;
		}
		while (!this.unwritten.isEmpty()) {
			ByteBuffer[] all = this.unwritten.toArray(ByteBuffer[]::new);
			this.channel.write(all);
			while (!this.unwritten.isEmpty() && !this.unwritten.peek().hasRemaining()) {
				this.unwritten.poll();
			}
			if (all[all.length - 1].hasRemaining()) {
				break;
			}
		}
		boolean blocked = !this.unwritten.isEmpty() || !writeBlast();
		this.key.interestOps(SelectionKey.OP_READ | (blocked ? SelectionKey.OP_WRITE : 0));
	}

	private boolean writeBlast() throws IOException {
		while (this.blastBytes > 0) {
			if (!this.blast.hasRemaining()) {
				this.blast.rewind();
			}
			this.blast.limit((int) Math.min(this.blast.capacity(), this.blast.position() + this.blastBytes));
			int written = this.channel.write(this.blast);
			if (written == 0) {
				return false;
			}
			this.blastBytes -= written;
		}
		return true;
	}

	/**
	 * Stop reading and writing, like a peer that hangs or whose network is broken.
	 */
	void freeze() {
		this.frozen = true;
		this.key.interestOps(0);
	}

	/**
	 * Close with a reset, which leaves no state in the operating system.
	 */
	void reset() {
		try {
			this.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
			this.channel.close();
		}
		catch (IOException ex) {
			ex.printStackTrace();
		}
	}

}
