package io.github.heartbeat.internal.send;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClientSettings;

/**
 * Bounds the messages of one client that wait to be written, on a connection and in the
 * offline queue together.
 */
public final class SendBounds {

	private final int maxMessages;

	private final long maxBytes;

	@GuardedBy("this")
	private int messages;

	@GuardedBy("this")
	private long bytes;

	public SendBounds(HeartbeatClientSettings settings) {
		this(settings.getSendQueueMessages(), settings.getSendQueueBytes().toBytes());
	}

	private SendBounds(int maxMessages, long maxBytes) {
		this.maxMessages = maxMessages;
		this.maxBytes = maxBytes;
	}

	static SendBounds none() {
		return new SendBounds(Integer.MAX_VALUE, Long.MAX_VALUE);
	}

	/**
	 * Reserve space for a message. A message that exceeds the limit of bytes is accepted
	 * if no other message waits.
	 * @param size the size of the payload in bytes
	 * @return whether there was enough space
	 */
	synchronized boolean tryReserve(long size) {
		if (this.messages > 0 && (this.messages >= this.maxMessages || this.bytes + size > this.maxBytes)) {
			return false;
		}
		this.messages++;
		this.bytes += size;
		return true;
	}

	public synchronized int messages() {
		return this.messages;
	}

	/**
	 * Release the space of a message.
	 */
	synchronized void release(long size) {
		this.messages--;
		this.bytes -= size;
	}

}
