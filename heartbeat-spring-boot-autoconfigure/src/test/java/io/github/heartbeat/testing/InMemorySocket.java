package io.github.heartbeat.testing;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.github.heartbeat.test.internal.InMemoryConnection;

/**
 * The server's end of a connection inside the JVM, as a socket. The server reads the
 * handshake and the frames of the client from it. What the server writes is decoded for
 * the client. Nothing bounds what the server has not read yet, so no write of the client
 * blocks.
 */
final class InMemorySocket extends Socket {

	private static final String END_OF_HEADERS = "\r\n\r\n";

	private final Input input = new Input();

	private final Output output = new Output();

	/** The HTTP status of the answer. */
	private final CompletableFuture<Integer> status = new CompletableFuture<>();

	/** Fails if the client ends the connection before it is open. */
	private final CompletableFuture<InMemoryConnection> connection = new CompletableFuture<>();

	private volatile boolean closed;

	/** Whether the client has sent a close frame. */
	private volatile boolean closeReceived;

	/** Whether the server has answered the close frame of the client. */
	private volatile boolean closeAnswered;

	int awaitStatus() throws IOException, InterruptedException {
		return get(this.status);
	}

	private static <T> T get(CompletableFuture<T> future) throws IOException, InterruptedException {
		try {
			return future.get();
		}
		catch (ExecutionException ex) {
			throw new SocketException(ex.getCause().getMessage());
		}
	}

	void connected(InMemoryConnection connection) {
		this.connection.complete(connection);
	}

	/**
	 * The client has sent bytes.
	 */
	void receive(byte[] bytes) {
		this.input.add(bytes);
	}

	/**
	 * The client has sent a frame. Its mask is zero.
	 */
	void receiveFrame(int opcode, byte[] payload) {
		byte[] header = TestServer.frameHeader(TestServer.FIN | opcode, payload.length);
		header[1] |= (byte) 0x80;
		receive(ByteBuffer.allocate(header.length + 4 + payload.length).put(header).putInt(0).put(payload).array());
	}

	void receiveClose(int code) {
		this.closeReceived = true;
		receiveFrame(TestServer.CLOSE, ByteBuffer.allocate(2).putShort((short) code).array());
	}

	/**
	 * The client has ended the connection.
	 */
	void receiveEnd() {
		this.input.end();
		this.connection.completeExceptionally(new EOFException("The client has ended the connection"));
	}

	@Override
	public InputStream getInputStream() {
		return this.input;
	}

	@Override
	public OutputStream getOutputStream() {
		return this.output;
	}

	@Override
	public void setTcpNoDelay(boolean on) {
	}

	@Override
	public void setSoLinger(boolean on, int linger) {
	}

	@Override
	public boolean isClosed() {
		return this.closed;
	}

	/**
	 * End the connection. The client learns of the answer to its close frame only now,
	 * because clients wait until the server closes the socket (RFC 6455, section 7.1.1).
	 */
	@Override
	public void close() {
		this.closed = true;
		this.input.close();
		this.status.completeExceptionally(new EOFException("The server has ended the connection"));
		this.connection.thenAccept((connection) -> {
			if (this.closeAnswered) {
				connection.closeSocket();
			}
			else {
				connection.drop();
			}
		});
	}

	/**
	 * What the client has sent and the server has not read.
	 */
	private final class Input extends InputStream {

		private final Queue<ByteBuffer> unread = new ArrayDeque<>();

		private boolean ended;

		synchronized void add(byte[] bytes) {
			this.unread.add(ByteBuffer.wrap(bytes));
			notifyAll();
		}

		synchronized void end() {
			this.ended = true;
			notifyAll();
		}

		synchronized boolean hasEnded() {
			return this.ended;
		}

		@Override
		public synchronized void close() {
			notifyAll();
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) == 1) ? one[0] & 0xFF : -1;
		}

		@Override
		public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
			while (this.unread.isEmpty() && !this.ended && !isClosed()) {
				try {
					wait();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					throw new SocketException("Interrupted");
				}
			}
			if (isClosed()) {
				throw new SocketException("Socket closed");
			}
			ByteBuffer next = this.unread.peek();
			if (next == null) {
				return -1;
			}
			int count = Math.min(length, next.remaining());
			next.get(bytes, offset, count);
			if (!next.hasRemaining()) {
				this.unread.remove();
			}
			return count;
		}

	}

	/**
	 * Decodes what the server writes.
	 */
	private final class Output extends OutputStream {

		/** The incomplete last part of what was written. */
		private byte[] rest = {};

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b });
		}

		@Override
		public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
			if (isClosed()) {
				throw new SocketException("Socket closed");
			}
			if (InMemorySocket.this.input.hasEnded()) {
				throw new SocketException("Broken pipe");
			}
			byte[] written = Arrays.copyOf(this.rest, this.rest.length + length);
			System.arraycopy(bytes, offset, written, this.rest.length, length);
			ByteBuffer buffer = ByteBuffer.wrap(written);
			if (!InMemorySocket.this.status.isDone()) {
				readAnswer(buffer);
			}
			if (InMemorySocket.this.status.isDone()) {
				readFrames(buffer);
			}
			this.rest = Arrays.copyOfRange(written, buffer.position(), buffer.limit());
		}

		private void readAnswer(ByteBuffer buffer) {
			String text = new String(buffer.array(), StandardCharsets.ISO_8859_1);
			int end = text.indexOf(END_OF_HEADERS);
			if (end >= 0) {
				buffer.position(end + END_OF_HEADERS.length());
				InMemorySocket.this.status.complete(Integer.valueOf(text.split(" ")[1]));
			}
		}

		private void readFrames(ByteBuffer buffer) throws IOException {
			int complete = buffer.position();
			try {
				while (buffer.hasRemaining()) {
					int first = buffer.get() & 0xFF;
					byte[] payload = new byte[readLength(buffer)];
					buffer.get(payload);
					complete = buffer.position();
					send(first, payload);
				}
			}
			catch (BufferUnderflowException ex) {
				buffer.position(complete);
			}
		}

		private static int readLength(ByteBuffer buffer) {
			int length = buffer.get();
			return switch (length) {
				case 126 -> buffer.getShort() & 0xFFFF;
				case 127 -> Math.toIntExact(buffer.getLong());
				default -> length;
			};
		}

		private void send(int first, byte[] payload) throws IOException {
			InMemoryConnection connection = connection();
			switch (first) {
				case TestServer.FIN | TestServer.TEXT -> connection.send(new String(payload, StandardCharsets.UTF_8));
				case TestServer.FIN | TestServer.BINARY -> connection.send(ByteBuffer.wrap(payload));
				case TestServer.FIN | TestServer.PONG -> connection.pong();
				case TestServer.FIN | TestServer.CLOSE -> {
					if (InMemorySocket.this.closeReceived) {
						InMemorySocket.this.closeAnswered = true;
					}
					else {
						connection.close(ByteBuffer.wrap(payload).getShort() & 0xFFFF);
					}
				}
				default -> throw new IllegalArgumentException("No such frame inside the JVM: " + first);
			}
		}

		private InMemoryConnection connection() throws IOException {
			try {
				return get(InMemorySocket.this.connection);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new SocketException("Interrupted");
			}
		}

	}

}
