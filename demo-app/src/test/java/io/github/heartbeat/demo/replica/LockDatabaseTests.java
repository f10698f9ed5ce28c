package io.github.heartbeat.demo.replica;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import io.github.heartbeat.demo.FreePort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests what a replica can do in the database of the lock.
 */
class LockDatabaseTests {

	private final int port = FreePort.find();

	private LockDatabase database;

	@BeforeEach
	void start() throws SQLException {
		this.database = new LockDatabase(this.port);
	}

	@AfterEach
	void stop() throws SQLException {
		this.database.destroy();
	}

	@Test
	void aReplicaUsesTheTable() throws SQLException {
		try (Connection connection = connect("replicas"); Statement statement = connection.createStatement()) {
			assertThat(statement.executeUpdate("INSERT INTO INT_LOCK VALUES ('a', 'b', 'c', NOW(), NOW())")).isOne();
			assertThat(statement.executeUpdate("DELETE FROM INT_LOCK")).isOne();
		}
	}

	/**
	 * An administrator could run any code in the process.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "CREATE ALIAS RUN AS 'void run() {}'", "CREATE USER OTHER PASSWORD '' ADMIN",
			"GRANT ALTER ANY SCHEMA TO REPLICA", "CREATE TABLE OTHER (ID INT)", "DROP TABLE INT_LOCK", "SHUTDOWN",
			"CREATE TRIGGER T BEFORE INSERT ON INT_LOCK FOR EACH ROW CALL 'T'", "SCRIPT TO 'target/lock.sql'",
			"RUNSCRIPT FROM 'target/lock.sql'" })
	void aReplicaIsNoAdministrator(String sql) throws SQLException {
		try (Connection connection = connect("replicas"); Statement statement = connection.createStatement()) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute(sql))
				.withMessageMatching("(?s).*(rights|Schema).*");
		}
	}

	@Test
	void nobodyCreatesAnotherDatabase() {
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connect("other"));
	}

	private Connection connect(String name) throws SQLException {
		return DriverManager.getConnection("jdbc:h2:tcp://127.0.0.1:" + this.port + "/mem:" + name, "replica",
				"replica");
	}

}
