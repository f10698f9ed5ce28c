package io.github.heartbeat.demo.replica;

import javax.sql.DataSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.integration.jdbc.lock.LockRepository;

/**
 * The lock that the replicas share.
 */
@Configuration(proxyBeanMethods = false)
@Profile("replica")
class ReplicaConfiguration {

	/**
	 * On PostgreSQL an attempt to acquire a lock that another replica holds would be an
	 * error in the log of the database.
	 */
	@Bean
	DefaultLockRepository lockRepository(DataSource dataSource, @Value("${spring.datasource.url}") String url) {
		DefaultLockRepository repository = new DefaultLockRepository(dataSource);
		if (DatabaseDriver.fromJdbcUrl(url) == DatabaseDriver.POSTGRESQL) {
			repository.setInsertQuery(repository.getInsertQuery() + " ON CONFLICT DO NOTHING");
		}
		return repository;
	}

	@Bean
	JdbcLockRegistry lockRegistry(LockRepository lockRepository) {
		return new JdbcLockRegistry(lockRepository);
	}

}
