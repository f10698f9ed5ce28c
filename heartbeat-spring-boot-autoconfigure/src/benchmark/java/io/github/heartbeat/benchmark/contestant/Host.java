package io.github.heartbeat.benchmark.contestant;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * What a probe finds in the JVM of the contestant.
 */
public final class Host {

	/** As many connects at a time as ours makes by default. */
	private static final int CONNECTS = 64;

	private static final long CONNECT_SECONDS = 120;

	private final Kind kind;

	private final Target target;

	private Contestant contestant;

	Host(Kind kind, Target target) {
		this.kind = kind;
		this.target = target;
	}

	/**
	 * Return which contestant it is.
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * Return what it connects to.
	 */
	public Target target() {
		return this.target;
	}

	/**
	 * Return the contestant, made when it is asked for first.
	 */
	public synchronized Contestant contestant() throws Exception {
		if (this.contestant == null) {
			this.contestant = this.kind.create(this.target);
		}
		return this.contestant;
	}

	/**
	 * Open connections, many at a time, on threads that are gone afterwards.
	 * @param count how many
	 * @param receivers makes the receiver of each
	 */
	public List<Connection> connect(int count, IntFunction<Receiver> receivers) throws Exception {
		Contestant contestant = contestant();
		ExecutorService executor = Executors.newFixedThreadPool(Math.min(count, CONNECTS));
		try {
			List<Future<Connection>> attempts = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				Receiver receiver = receivers.apply(i);
				attempts.add(executor.submit(() -> contestant.connect(receiver)));
			}
			List<Connection> connections = new ArrayList<>();
			for (Future<Connection> attempt : attempts) {
				connections.add(attempt.get(CONNECT_SECONDS, TimeUnit.SECONDS));
			}
			return connections;
		}
		finally {
			executor.shutdownNow();
			executor.awaitTermination(CONNECT_SECONDS, TimeUnit.SECONDS);
		}
	}

}
