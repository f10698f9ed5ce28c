package io.github.heartbeat.internal.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.PauseDetector;
import io.github.heartbeat.internal.runtime.SystemTicker;
import io.github.heartbeat.internal.runtime.Timer;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Measures the path of a message through the engine, from the container to the listener,
 * without a network. The class is in the package of the engine because the timer and the
 * connector are internal to the engine.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InboundMessageBenchmark {

	private static final byte[] CONTENT = "x".repeat(100).getBytes(StandardCharsets.US_ASCII);

	private static String text() {
		return new String(CONTENT, StandardCharsets.UTF_8);
	}

	/**
	 * The objects that any client creates: the message and its text.
	 */
	@Benchmark
	public void messageAlone(Blackhole blackhole) {
		blackhole.consume(new TextMessage(text()));
	}

	/**
	 * The same message, passed through the engine to a listener.
	 */
	@Benchmark
	public void throughEngine(Engine engine, TimerOperations operations) {
		engine.receive(text());
		operations.timerOperations = engine.timerOperations - engine.timerOperationsBefore;
	}

	/**
	 * The number of timer operations in an iteration.
	 */
	@State(Scope.Thread)
	@AuxCounters(AuxCounters.Type.EVENTS)
	public static class TimerOperations {

		/** The field name is the name of the figure. */
		public long timerOperations;

	}

	/**
	 * A client with the real clock. The benchmark counts and runs its timer tasks and executor
	 * tasks.
	 */
	@State(Scope.Thread)
	public static class Engine {

		private final FakeNetwork network = new FakeNetwork();

		private final Deque<Runnable> tasks = new ArrayDeque<>();

		private Blackhole blackhole;

		private FakeNetwork.Peer peer;

		private long timerOperations;

		private long timerOperationsBefore;

		/**
		 * Open the connection.
		 */
		@Setup
		public void open(Blackhole blackhole) {
			this.blackhole = blackhole;
			HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost/").build();
			EngineResources resources = new EngineResources(new SystemTicker(), this::schedule, () -> 0.5,
					new EngineExecutors(this.tasks::add, this.tasks::add, this.tasks::add, this.tasks::add,
							this.tasks::add, this.tasks::add, this.tasks::add),
					new PauseDetector(System.nanoTime()), () -> {
					}, () -> {
					});
			DefaultHeartbeatClient client = TestClients.client("benchmark", settings,
					() -> List.of(new Consumer(this.blackhole)), List::of, this.network.container(),
					new ConnectLimiter(64, Runnable::run), resources);
			client.findExtensions();
			client.machine().start();
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
			this.peer = this.network.lastPeer();
			this.timerOperationsBefore = this.timerOperations;
		}

		private Timer.Timeout schedule(Runnable task, long delayNanos) {
			this.timerOperations++;
			return () -> this.timerOperations++;
		}

		void receive(String text) {
			this.peer.send(text);
		}

	}

	private record Consumer(Blackhole blackhole) implements HeartbeatListener {

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			this.blackhole.consume(message);
		}

	}

}
