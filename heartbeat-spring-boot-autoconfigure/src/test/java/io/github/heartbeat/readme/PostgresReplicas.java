package io.github.heartbeat.readme;

import javax.sql.DataSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.integration.jdbc.lock.LockRepository;

/**
 * The beans of the document about replicas for PostgreSQL, with the clock of the
 * database.
 */
@Configuration(proxyBeanMethods = false)
public class PostgresReplicas {

	@Bean
	DefaultLockRepository lockRepository(DataSource dataSource) {
		DefaultLockRepository repository = new DefaultLockRepository(dataSource);
		repository.setUpdateQuery("""
				UPDATE INT_LOCK SET CLIENT_ID = p.client,
					CREATED_DATE = timezone('UTC', clock_timestamp()),
					EXPIRED_AFTER = timezone('UTC', clock_timestamp()) + (p.expiry - p.time)
				FROM (VALUES (?, CAST(? AS TIMESTAMP), ?, ?, ?, CAST(? AS TIMESTAMP)))
					AS p (client, expiry, region, name, holder, time)
				WHERE INT_LOCK.REGION = p.region AND LOCK_KEY = p.name
					AND (CLIENT_ID = p.holder OR EXPIRED_AFTER < timezone('UTC', clock_timestamp()))
				""");
		repository.setInsertQuery("""
				INSERT INTO INT_LOCK (REGION, LOCK_KEY, CLIENT_ID, CREATED_DATE, EXPIRED_AFTER)
				SELECT p.region, p.name, p.client, timezone('UTC', clock_timestamp()),
					timezone('UTC', clock_timestamp()) + (p.expiry - p.time)
				FROM (VALUES (?, ?, ?, CAST(? AS TIMESTAMP), CAST(? AS TIMESTAMP)))
					AS p (region, name, client, time, expiry)
				ON CONFLICT DO NOTHING
				""");
		repository.setRenewQuery("""
				UPDATE INT_LOCK SET CREATED_DATE = timezone('UTC', clock_timestamp()),
					EXPIRED_AFTER = timezone('UTC', clock_timestamp()) + (EXPIRED_AFTER - CREATED_DATE)
				FROM (VALUES (CAST(? AS TIMESTAMP), ?, ?, ?)) AS p (expiry, region, name, client)
				WHERE INT_LOCK.REGION = p.region AND LOCK_KEY = p.name AND CLIENT_ID = p.client
				""");
		return repository;
	}

	@Bean
	JdbcLockRegistry lockRegistry(LockRepository lockRepository) {
		return new JdbcLockRegistry(lockRepository);
	}

}
