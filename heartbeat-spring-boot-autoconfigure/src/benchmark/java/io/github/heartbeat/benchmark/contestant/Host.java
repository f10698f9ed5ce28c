package io.github.heartbeat.benchmark.contestant;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Environment of a probe in the JVM of the contestant.
 */
public final class Host {

	/** The number of concurrent connects, equal to the default of this library. */
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
	 * Return the kind of the contestant.
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * Return the target of the contestant.
	 */
	public Target target() {
		return this.target;
	}

	/**
	 * Return the contestant, which is created on the first call.
	 */
	public synchronized Contestant contestant() throws Exception {
		if (this.contestant == null) {
			this.contestant = this.kind.create(this.target);
		}
		return this.contestant;
	}

	/**
	 * Open many connections concurrently, on threads that end afterwards.
	 * @param count the number of connections
	 * @param receivers creates the receiver of each connection
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
