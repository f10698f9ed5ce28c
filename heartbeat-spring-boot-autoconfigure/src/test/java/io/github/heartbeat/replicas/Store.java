package io.github.heartbeat.replicas;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.Assumptions;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.test.util.TestSocketUtils;
import org.springframework.util.FileSystemUtils;

/**
 * A server of locks in a process of its own, or in this process for H2. Tests with an
 * installed server run if {@code heartbeat.stores} is {@code required}.
 */
abstract class Store implements AutoCloseable {

	private final int port;

	/**
	 * Find a port that outgoing connections do not take before the server starts. Their
	 * ports begin at 32768 on Linux, and at 49152 on other systems.
	 */
	Store() {
		int port;
		do {
			port = TestSocketUtils.findAvailableTcpPort();
		}
		while (port >= 32768);
		this.port = port;
	}

	final int port() {
		return this.port;
	}

	/**
	 * Return the address of the store, as the replica expects it.
	 * @param port the port of a proxy in front of the store
	 */
	abstract String address(int port);

	abstract void start() throws Exception;

	/**
	 * Stop the server. It keeps its locks.
	 */
	abstract void stop() throws IOException;

	@Override
	public abstract void close() throws IOException;

	/**
	 * Return a program. The test is skipped if stores are not required.
	 */
	static Path installed(String name, Stream<Path> directories) {
		Assumptions.assumeTrue("required".equals(System.getProperty("heartbeat.stores")),
				"-Dheartbeat.stores=required is not set");
		return directories.map((directory) -> directory.resolve(name))
			.filter(Files::exists)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(name + " is not installed"));
	}

	static Stream<Path> path() {
		return Stream.of(System.getenv("PATH").split(":")).map(Path::of);
	}

	static void execute(DataSource dataSource, String schema) {
		new ResourceDatabasePopulator(new ClassPathResource("org/springframework/integration/jdbc/" + schema))
			.execute(dataSource);
	}

	/**
	 * H2 as a server, with the database in the memory of this process.
	 */
	static final class H2 extends Store {

		private Server server;

		H2() throws Exception {
			start();
			JdbcDataSource dataSource = new JdbcDataSource();
			dataSource.setURL(address(port()));
			execute(dataSource, "schema-h2.sql");
		}

		@Override
		String address(int port) {
			return "jdbc:h2:tcp://localhost:" + port + "/mem:replicas" + port() + ";DB_CLOSE_DELAY=-1";
		}

		@Override
		void start() throws SQLException {
			this.server = Server.createTcpServer("-tcpPort", String.valueOf(port()), "-ifNotExists").start();
		}

		@Override
		void stop() {
			this.server.stop();
		}

		@Override
		public void close() {
			stop();
		}

	}

	/**
	 * A server that is a program of the operating system.
	 */
	private abstract static class Installed extends Store {

		private final Path directory;

		private final List<String> user;

		private Process process;

		Installed(Path directory, List<String> user) throws IOException {
			this.directory = directory;
			this.user = user;
		}

		final Path directory() {
			return this.directory;
		}

		final Process run(String name, List<String> command) throws IOException {
			return new ProcessBuilder(Stream.concat(this.user.stream(), command.stream()).toList())
				.directory(this.directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(this.directory.resolve(name + ".log").toFile())
				.start();
		}

		abstract List<String> command();

		abstract String stopSignal();

		abstract boolean answers();

		@Override
		final void start() throws IOException {
			this.process = run("server", command());
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.pollInterval(Duration.ofMillis(10))
				.until(() -> !this.process.isAlive() || answers());
			if (!this.process.isAlive()) {
				throw new IllegalStateException(Files.readString(this.directory.resolve("server.log")));
			}
		}

		@Override
		final void stop() throws IOException {
			new ProcessBuilder("kill", "-" + stopSignal(), String.valueOf(this.process.pid())).start();
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !this.process.isAlive());
		}

		@Override
		public final void close() throws IOException {
			if (this.process.isAlive()) {
				stop();
			}
			FileSystemUtils.deleteRecursively(this.directory);
		}

	}

	/**
	 * PostgreSQL, which does not run as root.
	 */
	static final class Postgres extends Installed {

		private final Path programs;

		Postgres() throws Exception {
			this(installed("postgres", Stream.concat(path(), installations())).getParent());
		}

		private Postgres(Path programs) throws Exception {
			super(Files.createTempDirectory("heartbeat-postgres"), isRoot()
					? List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") : List.of());
			this.programs = programs;
			if (isRoot()) {
				Files.setOwner(directory(),
						directory().getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
			}
			Process init = run("init", List.of(programs.resolve("initdb").toString(), "--auth=trust",
					"--username=heartbeat", "--no-sync", "--pgdata=" + directory().resolve("data")));
			if (init.waitFor() != 0) {
				throw new IllegalStateException(Files.readString(directory().resolve("init.log")));
			}
			start();
			execute(dataSource(), "schema-postgresql.sql");
		}

		private static boolean isRoot() {
			return "root".equals(System.getProperty("user.name"));
		}

		private static Stream<Path> installations() throws IOException {
			Path all = Path.of("/usr/lib/postgresql");
			return Files.isDirectory(all) ? Files.list(all).map((version) -> version.resolve("bin")) : Stream.empty();
		}

		private PGSimpleDataSource dataSource() {
			PGSimpleDataSource dataSource = new PGSimpleDataSource();
			dataSource.setURL(address(port()));
			return dataSource;
		}

		@Override
		String address(int port) {
			return "jdbc:postgresql://localhost:" + port + "/postgres?user=heartbeat";
		}

		@Override
		List<String> command() {
			return List.of(this.programs.resolve("postgres").toString(), "-D", directory().resolve("data").toString(),
					"-p", String.valueOf(port()), "-k", directory().toString(), "-c", "listen_addresses=localhost",
					"-c", "fsync=off");
		}

		@Override
		String stopSignal() {
			return "INT";
		}

		@Override
		boolean answers() {
			try (Connection connection = dataSource().getConnection()) {
				return connection.isValid(1);
			}
			catch (SQLException ex) {
				return false;
			}
		}

	}

	/**
	 * Redis, which writes each lock to its file.
	 */
	static final class Redis extends Installed {

		private final Path program;

		Redis() throws Exception {
			this(installed("redis-server", path()));
		}

		private Redis(Path program) throws Exception {
			super(Files.createTempDirectory("heartbeat-redis"), List.of());
			this.program = program;
			start();
		}

		@Override
		String address(int port) {
			return "redis://localhost:" + port;
		}

		@Override
		List<String> command() {
			return List.of(this.program.toString(), "--port", String.valueOf(port()), "--bind", "127.0.0.1", "--save",
					"", "--appendonly", "yes", "--appendfsync", "always", "--dir", directory().toString());
		}

		@Override
		String stopSignal() {
			return "TERM";
		}

		@Override
		boolean answers() {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress("127.0.0.1", port()), 1000);
				socket.setSoTimeout(1000);
				socket.getOutputStream().write("PING\r\n".getBytes());
				return socket.getInputStream().read() == '+';
			}
			catch (IOException ex) {
				return false;
			}
		}

	}

}
