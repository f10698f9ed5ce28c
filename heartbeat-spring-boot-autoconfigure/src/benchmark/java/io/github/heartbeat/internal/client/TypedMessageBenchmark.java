package io.github.heartbeat.internal.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.json.HeartbeatJsonAutoConfiguration;
import io.github.heartbeat.autoconfigure.listener.HeartbeatMessageListenerAutoConfiguration;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.message.PayloadConverters;
import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.PauseDetector;
import io.github.heartbeat.internal.runtime.SystemTicker;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Compares typed messages with JSON that is read and written by hand, without a network. Each
 * benchmark passes the message through the engine.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TypedMessageBenchmark {

	private static final JsonMapper MAPPER = new JsonMapper();

	private static final Quote QUOTE = new Quote("EURUSD", 1.0857, 1.0859, 1_700_000_000_000L);

	private static final String TEXT = MAPPER.writeValueAsString(QUOTE);

	/**
	 * A listener parses the text.
	 */
	@Benchmark
	public void parseByHand(ByHand state) {
		state.engine.receive();
	}

	/**
	 * A method has the record as its parameter.
	 */
	@Benchmark
	public void typedMethod(Typed state) {
		state.engine.receive();
	}

	/**
	 * The caller writes the text.
	 */
	@Benchmark
	public void writeByHand(Typed state) {
		state.engine.client.send(MAPPER.writeValueAsString(QUOTE));
		state.engine.flush();
	}

	/**
	 * The client writes the text.
	 */
	@Benchmark
	public void convertAndSend(Typed state) {
		state.engine.client.convertAndSend(QUOTE);
		state.engine.flush();
	}

	/**
	 * The payload.
	 */
	public record Quote(String symbol, double bid, double ask, long time) {
	}

	/**
	 * A client with a listener that parses.
	 */
	@State(Scope.Thread)
	public static class ByHand {

		private Engine engine;

		/**
		 * Open the connection.
		 */
		@Setup
		public void open(Blackhole blackhole) {
			this.engine = new Engine(List.of(new HeartbeatListener() {

				@Override
				public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
					blackhole.consume(MAPPER.readValue((String) message.getPayload(), Quote.class));
				}

			}), new PayloadConverters(List::of));
		}

	}

	/**
	 * A client with a method of a bean.
	 */
	@State(Scope.Thread)
	public static class Typed {

		private AnnotationConfigApplicationContext context;

		private Engine engine;

		/**
		 * Start the application and open the connection.
		 */
		@Setup
		public void open(Blackhole blackhole) {
			this.context = new AnnotationConfigApplicationContext();
			this.context.registerBean(JsonMapper.class, () -> MAPPER);
			this.context.registerBean(QuoteListener.class, () -> new QuoteListener(blackhole));
			this.context.register(HeartbeatAutoConfiguration.class, HeartbeatMessageListenerAutoConfiguration.class,
					HeartbeatJsonAutoConfiguration.class);
			this.context.refresh();
			this.engine = new Engine(this.context.getBean(ClientListenerSource.class).forClient("benchmark"),
					this.context.getBean(PayloadConverters.class));
		}

		/**
		 * Stop the application.
		 */
		@TearDown
		public void close() {
			this.context.close();
		}

	}

	/**
	 * The bean.
	 */
	public static class QuoteListener {

		private final Blackhole blackhole;

		QuoteListener(Blackhole blackhole) {
			this.blackhole = blackhole;
		}

		/**
		 * A message arrived.
		 */
		@HeartbeatMessageListener
		public void on(Quote quote) {
			this.blackhole.consume(quote);
		}

	}

	/**
	 * A client whose executor tasks run when the benchmark runs them.
	 */
	private static final class Engine {

		private final FakeNetwork network = new FakeNetwork();

		private final Deque<Runnable> tasks = new ArrayDeque<>();

		private final DefaultHeartbeatClient client;

		Engine(List<HeartbeatListener> listeners, PayloadConverters converters) {
			EngineResources resources = new EngineResources(new SystemTicker(), (task, delay) -> () -> {
			}, () -> 0.5,
					new EngineExecutors(this.tasks::add, this.tasks::add, this.tasks::add, this.tasks::add,
							this.tasks::add, this.tasks::add, this.tasks::add),
					new PauseDetector(System.nanoTime()), () -> {
					}, () -> {
					});
			this.client = TestClients.client("benchmark", HeartbeatClientSettings.builder("ws://localhost/").build(),
					() -> listeners, List::of, converters, this.network.container(), new ConnectLimiter(64, Runnable::run),
					resources);
			this.network.answers(false);
			this.client.findExtensions();
			this.client.machine().start();
			runTasks();
		}

		private void runTasks() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

		void receive() {
			this.network.lastPeer().send(TEXT);
		}

		void flush() {
			runTasks();
			List<String> written = this.network.lastPeer().written();
			if (written.size() != 1) {
				throw new IllegalStateException("Written: " + written.size());
			}
			written.clear();
		}

	}

}
