package io.github.heartbeat.benchmark.contestant;

import java.util.concurrent.Future;

import io.github.heartbeat.HeartbeatClient;

/**
 * A connection of ours. What waits to be written is bounded, so a sender that outruns the
 * network has to heed the futures: it waits for the one that it got a few messages
 * before.
 */
final class HeartbeatConnection implements Connection {

	/** Half of what may wait by default. */
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
		Future<?>[] inFlight = new Future<?>[IN_FLIGHT / threads];
		return new Sender() {

			private int next;

			@Override
			public void send(String text) throws Exception {
				Future<?> before = inFlight[this.next];
				if (before != null) {
					before.get();
				}
				inFlight[this.next] = HeartbeatConnection.this.client.send(text);
				this.next = (this.next + 1) % inFlight.length;
			}

		};
	}

	@Override
	public void close() {
		this.close.run();
	}

}
