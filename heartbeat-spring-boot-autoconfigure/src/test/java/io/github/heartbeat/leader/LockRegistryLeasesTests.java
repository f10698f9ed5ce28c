package io.github.heartbeat.leader;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.awaitility.Awaitility;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;
import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.integration.support.locks.RenewableLockRegistry;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Tests leases of two replicas in a real database.
 */
class LockRegistryLeasesTests {

	private static final Duration LEASE = Duration.ofSeconds(30);

	private static final String NAME = "app.orders";

	private final JdbcDataSource dataSource = new JdbcDataSource();

	private final ExecutorService store = Executors.newSingleThreadExecutor();

	private LockRegistryLeases first;

	private LockRegistryLeases second;

	@BeforeEach
	void createLeases() {
		this.dataSource.setURL("jdbc:h2:mem:" + System.identityHashCode(this) + ";DB_CLOSE_DELAY=-1");
		new ResourceDatabasePopulator(new ClassPathResource("org/springframework/integration/jdbc/schema-h2.sql"))
			.execute(this.dataSource);
		this.first = leases();
		this.second = leases();
	}

	private LockRegistryLeases leases() {
		DefaultLockRepository repository = new DefaultLockRepository(this.dataSource);
		repository.setTransactionManager(new JdbcTransactionManager(this.dataSource));
		repository.afterPropertiesSet();
		repository.afterSingletonsInstantiated();
		repository.start();
		return new LockRegistryLeases(new JdbcLockRegistry(repository));
	}

	@AfterEach
	void endThread() {
		this.store.shutdownNow();
	}

	/**
	 * All calls come from one thread.
	 */
	private <T> T call(Callable<T> call) throws Exception {
		return this.store.submit(call).get(30, TimeUnit.SECONDS);
	}

	private void release(HeartbeatLeases leases) throws Exception {
		call(() -> {
			leases.release(NAME);
			return true;
		});
	}

	private int deleteLocks() {
		return new JdbcTemplate(this.dataSource).update("DELETE FROM INT_LOCK");
	}

	@Test
	void oneReplicaHoldsTheLease() throws Exception {
		HeartbeatLease lease = call(() -> this.first.acquire(NAME, LEASE));
		assertThat(lease.getName()).isEqualTo(NAME);
		assertThat(lease.getToken()).isEmpty();
		assertThat(call(() -> this.second.acquire(NAME, LEASE))).isNull();
		assertThat(call(() -> this.first.renew(NAME, LEASE))).isTrue();
		release(this.first);
		HeartbeatLease next = call(() -> this.second.acquire(NAME, LEASE));
		assertThat(next.getHolder()).isNotEqualTo(lease.getHolder());
	}

	@Test
	void aLeaseThatWasLostIsNotRenewed() throws Exception {
		call(() -> this.first.acquire(NAME, LEASE));
		assertThat(deleteLocks()).isOne();
		assertThat(call(() -> this.first.renew(NAME, LEASE))).isFalse();
		assertThat(call(() -> this.second.acquire(NAME, LEASE))).isNotNull();
		assertThat(call(() -> this.first.acquire(NAME, LEASE))).isNull();
		release(this.second);
		assertThat(call(() -> this.first.acquire(NAME, LEASE))).isNotNull();
	}

	@Test
	void anUnrenewedLeaseExpires() throws Exception {
		call(() -> this.first.acquire(NAME, Duration.ofMillis(200)));
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> call(() -> this.second.acquire(NAME, LEASE)) != null);
		assertThat(call(() -> this.first.renew(NAME, LEASE))).isFalse();
	}

	@Test
	void theReleaseOfALostLeaseIsNoFailure() throws Exception {
		call(() -> this.first.acquire(NAME, LEASE));
		deleteLocks();
		release(this.first);
		release(this.first);
		assertThat(call(() -> this.first.acquire(NAME, LEASE))).isNotNull();
	}

	@Test
	void aStoreThatFailsIsNoRefusal() throws Exception {
		call(() -> this.first.acquire(NAME, LEASE));
		new JdbcTemplate(this.dataSource).execute("DROP TABLE INT_LOCK");
		assertThatException().isThrownBy(() -> call(() -> this.first.renew(NAME, LEASE)));
		assertThatException().isThrownBy(() -> call(() -> this.second.acquire(NAME, LEASE)));
	}

	/**
	 * The client of a store may throw the exception that a registry throws for a lost
	 * lock.
	 */
	@Test
	void aStoppedClientOfTheStoreIsNoLoss() throws Exception {
		DistributedLock lock = mock(DistributedLock.class);
		given(lock.tryLock(Duration.ZERO, LEASE)).willReturn(true);
		RenewableLockRegistry<DistributedLock> registry = mock();
		given(registry.obtain(NAME)).willReturn(lock);
		LockRegistryLeases leases = new LockRegistryLeases(registry);
		assertThat(leases.acquire(NAME, LEASE)).isNotNull();
		IllegalStateException stopped = new IllegalStateException("stopped");
		willThrow(stopped).willDoNothing().given(registry).renewLock(NAME, LEASE);
		willThrow(new IllegalStateException("stopped, too")).given(lock).unlock();
		assertThatException().isThrownBy(() -> leases.renew(NAME, LEASE)).isSameAs(stopped);
		assertThatException().isThrownBy(() -> leases.release(NAME));
		assertThat(leases.renew(NAME, LEASE)).isTrue();
	}

	@Test
	void aLockWithoutATimeToLiveIsRefused() {
		RenewableLockRegistry<Lock> registry = mock();
		given(registry.obtain(NAME)).willReturn(new ReentrantLock());
		assertThatIllegalStateException().isThrownBy(() -> new LockRegistryLeases(registry).acquire(NAME, LEASE))
			.withMessageContaining("ReentrantLock");
	}

}
