package io.github.heartbeat.internal.send;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClientSettings;

/**
 * Bounds what waits to be written by one client, on a connection and for the next one
 * together.
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
	 * Take room for a message. One that is larger than all the room is accepted when
	 * nothing waits.
	 * @return whether there was room
	 */
	synchronized boolean take(long size) {
		if (this.messages > 0 && (this.messages >= this.maxMessages || this.bytes + size > this.maxBytes)) {
			return false;
		}
		this.messages++;
		this.bytes += size;
		return true;
	}

	/**
	 * Return how many messages wait.
	 */
	public synchronized int messages() {
		return this.messages;
	}

	/**
	 * Give the room of a message back.
	 */
	synchronized void give(long size) {
		this.messages--;
		this.bytes -= size;
	}

}
