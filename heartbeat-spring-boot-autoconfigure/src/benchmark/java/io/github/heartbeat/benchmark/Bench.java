package io.github.heartbeat.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.benchmark.contestant.ContestantMain;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.contestant.Probe;
import io.github.heartbeat.benchmark.contestant.Target;
import io.github.heartbeat.benchmark.process.ChildProcess;
import io.github.heartbeat.benchmark.process.Reply;
import io.github.heartbeat.benchmark.server.ServerMain;

/**
 * Environment of the rows. Starts a server and a contestant, each in a separate JVM. All
 * contestants run with the same flags.
 */
public final class Bench {

	/** For rows with few connections. */
	public static final List<String> SMALL = List.of("-XX:+UseG1GC", "-Xms512m", "-Xmx512m");

	/** For rows that measure memory. */
	public static final List<String> LARGE = List.of("-XX:+UseG1GC", "-Xms64m", "-Xmx8g", "-Xss512k");

	/**
	 * For rows that measure resident memory. Without fixed sizes, the garbage collector decides
	 * how far the heap and the young generation grow during the connects, and the figures vary.
	 */
	public static final List<String> FIXED = List.of("-XX:+UseG1GC", "-Xms256m", "-Xmx256m", "-Xmn64m", "-Xss512k");

	/**
	 * For rows that measure a single moment. A growing heap has a young collection every few
	 * seconds, which takes a tenth of a second with so many connections.
	 */
	public static final List<String> STEADY = List.of("-XX:+UseG1GC", "-Xms2g", "-Xmx2g", "-Xss512k");

	private static final List<String> SERVER = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx1g");

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final Path directory;

	private final boolean quick;

	private final int rounds;

	private final Path newerJavaHome;

	Bench(Path directory, boolean quick, int rounds, Path newerJavaHome) {
		this.directory = directory;
		this.quick = quick;
		this.rounds = rounds;
		this.newerJavaHome = newerJavaHome;
	}

	/**
	 * Return the number of items to measure, which is much smaller for a trial run of the suite.
	 */
	public int size(int full, int trial) {
		return this.quick ? trial : full;
	}

	/**
	 * Return the number of rounds of a row.
	 * @param usual the number that the table needs
	 */
	public int rounds(int usual) {
		if (this.rounds > 0) {
			return this.rounds;
		}
		return this.quick ? 1 : usual;
	}

	/**
	 * Return the newer JDK that some rows need, or {@code null} if none was found.
	 */
	public Path newerJavaHome() {
		return this.newerJavaHome;
	}

	/**
	 * Return the JDK that runs this JVM.
	 */
	public static Path javaHome() {
		return Path.of(System.getProperty("java.home"));
	}

	/**
	 * Return a directory that is deleted after the run.
	 */
	public Path directory() {
		return this.directory;
	}

	/**
	 * Start a server.
	 */
	public Server server() throws Exception {
		return new Server(startServer(), false);
	}

	/**
	 * Start a server with TLS.
	 */
	public Server secureServer() throws Exception {
		return new Server(startServer(), true);
	}

	private ChildProcess startServer() throws Exception {
		return ChildProcess.java("The server", javaHome(), SERVER, ServerMain.class, List.of(), this.directory);
	}

	/**
	 * Start a JVM that is neither a server nor a contestant.
	 */
	public ChildProcess process(Class<?> main, String... arguments) throws Exception {
		return process(List.of(), main, arguments);
	}

	/**
	 * Start a JVM that is neither a server nor a contestant, with additional flags.
	 */
	public ChildProcess process(List<String> flags, Class<?> main, String... arguments) throws Exception {
		List<String> all = new ArrayList<>(SMALL);
		all.addAll(flags);
		return ChildProcess.java(main.getSimpleName(), javaHome(), all, main, List.of(arguments), this.directory);
	}

	/**
	 * Start to describe a contestant.
	 * @param kind the kind of contestant
	 * @param probe the class that measures in the JVM of the contestant
	 */
	public ContestantBuilder contestant(Kind kind, Class<? extends Probe> probe) {
		return new ContestantBuilder(kind, probe);
	}

	/**
	 * A running server.
	 */
	public final class Server implements AutoCloseable {

		private final ChildProcess process;

		private final String url;

		private final Path trustStore;

		private Server(ChildProcess process, boolean secure) throws Exception {
			this.process = process;
			try {
				if (secure) {
					Path files = Files.createTempDirectory(Bench.this.directory, "tls");
					this.trustStore = files.resolve(ServerMain.TRUST_STORE);
					this.url = "wss://localhost:" + port("secure-port " + files) + "/";
				}
				else {
					this.trustStore = null;
					this.url = "ws://localhost:" + port("port") + "/";
				}
			}
			catch (Exception ex) {
				process.close();
				throw ex;
			}
		}

		private int port(String command) throws Exception {
			return (int) ask(command).get("port");
		}

		/**
		 * Return the URL of the server.
		 */
		public String url() {
			return this.url;
		}

		/**
		 * Send a command to the server and await the reply.
		 */
		public Reply ask(String command) throws Exception {
			return this.process.ask(command, TIMEOUT);
		}

		@Override
		public void close() {
			this.process.close();
		}

	}

	/**
	 * A running contestant.
	 */
	public static final class Contestant implements AutoCloseable {

		private final ChildProcess process;

		private Contestant(ChildProcess process) {
			this.process = process;
		}

		/**
		 * Start a step of the probe.
		 */
		public void begin(String step, long argument) throws Exception {
			this.process.tell("step " + step + " " + argument);
		}

		/**
		 * Await the end of the step.
		 */
		public Reply end(Duration timeout) throws Exception {
			return this.process.await(timeout);
		}

		/**
		 * Run a step of the probe.
		 */
		public Reply step(String step, long argument) throws Exception {
			begin(step, argument);
			return end(TIMEOUT.multipliedBy(3));
		}

		/**
		 * Run a step of the probe that needs no argument.
		 */
		public Reply step(String step) throws Exception {
			return step(step, 0);
		}

		@Override
		public void close() {
			this.process.close();
		}

	}

	/**
	 * Builder for contestants.
	 */
	public final class ContestantBuilder {

		private final Kind kind;

		private final Class<? extends Probe> probe;

		private final List<String> flags = new ArrayList<>();

		private Path javaHome = Bench.javaHome();

		private ContestantBuilder(Kind kind, Class<? extends Probe> probe) {
			this.kind = kind;
			this.probe = probe;
		}

		/**
		 * Set the flags of the JVM.
		 */
		public ContestantBuilder flags(List<String> flags) {
			this.flags.addAll(flags);
			return this;
		}

		/**
		 * Set both the idle time after which a connection gets a heartbeat and the time limit for
		 * the answer.
		 */
		public ContestantBuilder timeout(Duration timeout) {
			this.flags.add("-D" + Target.TIMEOUT + "=" + timeout.toMillis());
			return this;
		}

		/**
		 * Set the wait before a reconnect. The wait then has no jitter.
		 */
		public ContestantBuilder reconnect(Duration wait) {
			this.flags.add("-D" + Target.RECONNECT + "=" + wait.toMillis());
			return this;
		}

		/**
		 * Set the JDK.
		 */
		public ContestantBuilder javaHome(Path javaHome) {
			this.javaHome = javaHome;
			return this;
		}

		/**
		 * Start the contestant.
		 */
		public Contestant start(Server server) throws Exception {
			if (server.trustStore != null) {
				this.flags.add("-D" + Target.TRUST_STORE + "=" + server.trustStore);
			}
			return new Contestant(ChildProcess.java(this.kind.label(), this.javaHome, this.flags, ContestantMain.class,
					List.of(this.kind.name(), server.url(), this.probe.getName()), Bench.this.directory));
		}

	}

}
