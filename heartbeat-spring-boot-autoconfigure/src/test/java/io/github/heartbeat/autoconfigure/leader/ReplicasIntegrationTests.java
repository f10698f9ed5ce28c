package io.github.heartbeat.autoconfigure.leader;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.event.HeartbeatLeaseLostEvent;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import io.github.heartbeat.readme.Replicas;
import io.github.heartbeat.testing.TestServer;
import org.awaitility.Awaitility;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.test.jdbc.JdbcTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests several replicas with one database and a real server, which counts the
 * connections that are open at the same time.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class ReplicasIntegrationTests {

	private static final String URL = "jdbc:h2:mem:replicas;DB_CLOSE_DELAY=-1";

	private final AtomicInteger open = new AtomicInteger();

	private final AtomicInteger most = new AtomicInteger();

	private final Set<ConfigurableApplicationContext> replicas = ConcurrentHashMap.newKeySet();

	private JdbcDataSource dataSource;

	private TestServer server;

	@BeforeEach
	void startServer() throws Exception {
		this.dataSource = new JdbcDataSource();
		this.dataSource.setURL(URL);
		new JdbcTemplate(this.dataSource).execute("DROP ALL OBJECTS");
		new ResourceDatabasePopulator(new ClassPathResource("org/springframework/integration/jdbc/schema-h2.sql"))
			.execute(this.dataSource);
		this.server = new TestServer((connection) -> {
			connection.upgrade();
			this.most.accumulateAndGet(this.open.incrementAndGet(), Math::max);
			try {
				connection.echo();
			}
			finally {
				this.open.decrementAndGet();
			}
		});
	}

	@AfterEach
	void stop() throws Exception {
		this.replicas.forEach(ConfigurableApplicationContext::close);
		this.server.close();
	}

	private ConfigurableApplicationContext replica(Class<?>... more) {
		ConfigurableApplicationContext replica = new SpringApplicationBuilder(Application.class).sources(more)
			.web(WebApplicationType.NONE)
			.properties(Map.of("heartbeat.clients.orders.url", this.server.url(),
					"heartbeat.clients.orders.leader.enabled", "true", "heartbeat.clients.orders.leader.lease", "3s",
					"heartbeat.clients.orders.leader.poll-interval", "100ms", "spring.main.banner-mode", "off"))
			.run();
		this.replicas.add(replica);
		return replica;
	}

	private static HeartbeatClient client(ConfigurableApplicationContext replica) {
		return replica.getBean(HeartbeatClient.class);
	}

	private ConfigurableApplicationContext awaitLeader() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> this.replicas.stream().filter((replica) -> client(replica).isOpen()).count() == 1);
		return this.replicas.stream().filter((replica) -> client(replica).isOpen()).findFirst().orElseThrow();
	}

	@Test
	void oneReplicaIsConnectedAndAnotherTakesOver() {
		replica();
		replica();
		replica();
		for (int left = 2; left > 0; left--) {
			ConfigurableApplicationContext leader = awaitLeader();
			assertThat(this.replicas.stream().map((replica) -> client(replica).getState()))
				.containsOnlyOnce(HeartbeatClientState.OPEN)
				.filteredOn(HeartbeatClientState.STANDBY::equals)
				.hasSize(left);
			this.replicas.remove(leader);
			leader.close();
			assertThat(leader.isActive()).isFalse();
		}
		awaitLeader();
		assertThat(this.most).hasValue(1);
	}

	@Test
	void aReplicaWhoseStoreFailsClosesItsConnection() {
		ConfigurableApplicationContext replica = replica();
		awaitLeader();
		List<HeartbeatLeaseLostReason> lost = replica.getBean(Application.class).lost;
		new JdbcTemplate(this.dataSource).execute("ALTER TABLE INT_LOCK RENAME TO GONE");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !lost.isEmpty());
		assertThat(lost).containsExactly(HeartbeatLeaseLostReason.FENCED);
		assertThat(client(replica).getState()).isEqualTo(HeartbeatClientState.STANDBY);
		assertThat(client(replica).getSnapshot().lease().silentSince()).isNotNull();
		new JdbcTemplate(this.dataSource).execute("ALTER TABLE GONE RENAME TO INT_LOCK");
		awaitLeader();
	}

	@Test
	void aReleaseMovesTheConnection() {
		ConfigurableApplicationContext first = replica();
		awaitLeader();
		ConfigurableApplicationContext second = replica();
		client(first).releaseLease();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> client(second).isOpen());
		assertThat(client(first).getState()).isEqualTo(HeartbeatClientState.STANDBY);
		assertThat(this.most).hasValue(1);
	}

	private int locks() {
		return JdbcTestUtils.countRowsInTable(new JdbcTemplate(this.dataSource), "INT_LOCK");
	}

	/**
	 * The pool is closed before the clients stop, so that the lease cannot be released.
	 */
	@Test
	void aPoolThatIsClosedEarlyDoesNotHoldUpTheShutdown(CapturedOutput output) {
		ConfigurableApplicationContext first = replica(EarlyPool.class);
		awaitLeader();
		ConfigurableApplicationContext second = replica();
		List<HeartbeatLeaseLostReason> lost = first.getBean(Application.class).lost;
		long begin = System.nanoTime();
		this.replicas.remove(first);
		first.close();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
		assertThat(lost).containsExactly(HeartbeatLeaseLostReason.STOPPED);
		assertThat(output).containsOnlyOnce("was not released").contains("; it ends by itself after 3 s at most");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> client(second).isOpen());
		assertThat(this.most).hasValue(1);
	}

	@Test
	void aReplicaThatPausesReleasesItsLeaseAndContendsAgain() {
		ConfigurableApplicationContext replica = replica();
		awaitLeader();
		List<HeartbeatLeaseLostReason> lost = replica.getBean(Application.class).lost;
		assertThat(locks()).isOne();
		replica.stop();
		assertThat(locks()).isZero();
		assertThat(lost).containsExactly(HeartbeatLeaseLostReason.STOPPED);
		assertThat(client(replica).getState()).isEqualTo(HeartbeatClientState.STOPPED);
		replica.start();
		awaitLeader();
		assertThat(locks()).isOne();
		assertThat(this.most).hasValue(1);
	}

	@Test
	void aClientMadeAtRunTimeIsLed() {
		ConfigurableApplicationContext first = replica();
		ConfigurableApplicationContext second = replica();
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder(this.server.url())
			.leaderEnabled(true)
			.leaderLease(Duration.ofSeconds(3))
			.leaderPollInterval(Duration.ofMillis(100))
			.build();
		HeartbeatClients clients = first.getBean(HeartbeatClients.class);
		HeartbeatClient one = clients.create("late", settings);
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(one::isOpen);
		HeartbeatClient other = second.getBean(HeartbeatClients.class).create("late", settings);
		assertThat(other.getState()).isEqualTo(HeartbeatClientState.STANDBY);
		assertThat(one.getLease().getName()).isEqualTo("heartbeat.late");
		clients.remove("late");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(other::isOpen);
		assertThat(one.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(one.isLeader()).isFalse();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ HeartbeatAutoConfiguration.class, HeartbeatLeadershipAutoConfiguration.class })
	@Import(Replicas.class)
	static class Application {

		final List<HeartbeatLeaseLostReason> lost = new CopyOnWriteArrayList<>();

		@Bean
		Pool dataSource() {
			JdbcDataSource dataSource = new JdbcDataSource();
			dataSource.setURL(URL);
			return new Pool(dataSource);
		}

		@Bean
		JdbcTransactionManager transactionManager(Pool dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

		@EventListener
		void lost(HeartbeatLeaseLostEvent event) {
			this.lost.add(event.getReason());
		}

	}

	/**
	 * Has no connections after it was closed, like a pool.
	 */
	static final class Pool extends DelegatingDataSource {

		private volatile boolean closed;

		Pool(DataSource dataSource) {
			super(dataSource);
		}

		@Override
		public Connection getConnection() throws SQLException {
			if (this.closed) {
				throw new SQLException("The pool is closed");
			}
			return super.getConnection();
		}

		void close() {
			this.closed = true;
		}

	}

	/**
	 * Closes the pool in a phase before that of the clients.
	 */
	@Configuration(proxyBeanMethods = false)
	static class EarlyPool {

		@Bean
		SmartLifecycle poolCloser(Pool pool) {
			return new SmartLifecycle() {

				private volatile boolean running;

				@Override
				public void start() {
					this.running = true;
				}

				@Override
				public void stop() {
					pool.close();
					this.running = false;
				}

				@Override
				public boolean isRunning() {
					return this.running;
				}

				@Override
				public int getPhase() {
					return SmartLifecycle.DEFAULT_PHASE;
				}

			};
		}

	}

}
