package io.github.heartbeat.benchmark.contestant;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import io.github.heartbeat.HeartbeatClient;

/**
 * A connection of this library. The send queue is bounded, so a sender that is faster than the
 * network must check the futures. Messages are written in order, so it is sufficient to wait
 * occasionally for the most recent future of an earlier batch.
 */
final class HeartbeatConnection implements Connection {

	/** Half of the default queue limit. */
	private static final int IN_FLIGHT = 512;

	private final HeartbeatClient client;

	private final Runnable close;

	HeartbeatConnection(HeartbeatClient client, Runnable close) {
		this.client = client;
		this.close = close;
	}

	@Override
	public void send(String text) {
		this.client.send(text);
	}

	@Override
	public Sender sender(int threads) {
		int share = IN_FLIGHT / threads / 2;
		return new Sender() {

			private Future<?> lastBefore = CompletableFuture.completedFuture(null);

			private int sent;

			@Override
			public void send(String text) throws Exception {
				Future<?> future = HeartbeatConnection.this.client.send(text);
				if (++this.sent % share == 0) {
					this.lastBefore.get();
					this.lastBefore = future;
				}
			}

		};
	}

	@Override
	public void close() {
		this.close.run();
	}

}
