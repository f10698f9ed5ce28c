package io.github.heartbeat.benchmark.row;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;

import io.github.heartbeat.benchmark.contestant.Connection;
import io.github.heartbeat.benchmark.contestant.Host;
import io.github.heartbeat.benchmark.contestant.Receiver;

/**
 * The connections of a probe. Counts the received messages of all connections together.
 */
final class Connections implements Receiver {

	private final List<Connection> all = new ArrayList<>();

	private final AtomicLong received = new AtomicLong();

	private volatile long expected = Long.MAX_VALUE;

	private volatile CountDownLatch arrived = new CountDownLatch(1);

	void open(Host host, int count) throws Exception {
		this.all.addAll(host.connect(count, (index) -> this));
	}

	List<Connection> all() {
		return this.all;
	}

	void closeAll() throws Exception {
		closeUnless((index) -> false);
	}

	/**
	 * Close the connections whose index is not to be kept.
	 */
	void closeUnless(IntPredicate kept) throws Exception {
		List<Connection> rest = new ArrayList<>();
		for (int i = 0; i < this.all.size(); i++) {
			if (kept.test(i)) {
				rest.add(this.all.get(i));
			}
			else {
				this.all.get(i).close();
			}
		}
		this.all.clear();
		this.all.addAll(rest);
	}

	/**
	 * Start to wait for further messages, in addition to those that have already arrived.
	 */
	void expect(long more) {
		this.arrived = new CountDownLatch(1);
		this.expected = this.received.get() + more;
	}

	void await() throws Exception {
		if (!this.arrived.await(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("Only " + this.received + " of " + this.expected + " messages arrived");
		}
	}

	long count() {
		return this.received.get();
	}

	@Override
	public void received(CharSequence text) {
		if (this.received.incrementAndGet() == this.expected) {
			this.arrived.countDown();
		}
	}

}
