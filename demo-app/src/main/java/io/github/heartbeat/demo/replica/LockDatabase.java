package io.github.heartbeat.demo.replica;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;

import org.h2.tools.Server;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;
import org.springframework.stereotype.Component;

/**
 * Database for the lock of the replicas, in the memory of the process that is their
 * server. It outlives each replica. In a file that the replicas share
 * ({@code AUTO_SERVER}), the database would freeze with the replica that opened it first.
 * <p>
 * Accepts connections on the loopback address only. The user of the replicas can use the
 * table of the lock and is no administrator.
 */
@Component
@Profile("replica-server")
class LockDatabase implements DisposableBean {

	static {
		// H2 reads the property once.
		System.setProperty("h2.bindAddress", "127.0.0.1");
	}

	private final Connection connection;

	private final Server server;

	LockDatabase(@Value("${demo.replica.database-port}") int port) throws SQLException {
		this.connection = DriverManager.getConnection("jdbc:h2:mem:replicas", "demo", UUID.randomUUID().toString());
		ScriptUtils.executeSqlScript(this.connection, new ClassPathResource("replica/lock.sql"));
		ScriptUtils.executeSqlScript(this.connection, new ClassPathResource("replica/user.sql"));
		this.server = Server.createTcpServer("-tcpPort", String.valueOf(port)).start();
	}

	@Override
	public void destroy() throws SQLException {
		this.server.stop();
		this.connection.close();
	}

}
