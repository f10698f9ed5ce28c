package io.github.heartbeat.replicas;

import java.time.Instant;
import java.util.Collection;
import java.util.Scanner;
import java.util.concurrent.locks.LockSupport;

import com.zaxxer.hikari.HikariDataSource;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSnapshot;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.leader.HeartbeatLeadershipAutoConfiguration;
import io.github.heartbeat.autoconfigure.metrics.HeartbeatMetricsAutoConfiguration;
import io.github.heartbeat.event.HeartbeatEvent;
import io.github.heartbeat.event.HeartbeatLeaseLostEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.readme.PostgresReplicas;
import io.github.heartbeat.readme.RedisReplicas;
import io.lettuce.core.resource.ClientResources;
import io.github.heartbeat.readme.Replicas;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * A program that is one of several replicas. Its clients send words while they are
 * connected. It answers each line of its standard input with the number of its clients
 * that lead, by their meters.
 */
final class Replica {

	private Replica() {
	}

	/**
	 * Run the program until its process ends.
	 * @param args options of the application, {@code store.address} and
	 * {@code word-millis}
	 */
	public static void main(String[] args) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run(args);
		Collection<HeartbeatClient> clients = context.getBean(HeartbeatClients.class).getAll().values();
		System.out.println("READY");
		Thread questions = new Thread(() -> answerQuestions(clients, context.getBean(MeterRegistry.class)));
		questions.setDaemon(true);
		questions.start();
		long wordNanos = context.getEnvironment().getRequiredProperty("word-millis", Long.class) * 1_000_000;
		while (true) {
			for (HeartbeatClient client : clients) {
				if (client.isOpen()) {
					client.send("word");
				}
			}
			LockSupport.parkNanos(wordNanos);
		}
	}

	private static void answerQuestions(Collection<HeartbeatClient> clients, MeterRegistry registry) {
		Scanner questions = new Scanner(System.in);
		while (questions.hasNextLine()) {
			String question = questions.nextLine();
			double leads = registry.get("heartbeat.client.leader").gauges().stream().mapToDouble(Gauge::value).sum();
			boolean storeAnswers = clients.stream().allMatch(Replica::storeAnswers);
			boolean allCalled = clients.stream().allMatch((client) -> hasCalled(client, registry));
			System.out.println("LEADS " + question + " " + (int) leads + " " + storeAnswers + " " + allCalled);
		}
	}

	private static boolean hasCalled(HeartbeatClient client, MeterRegistry registry) {
		return registry.find("heartbeat.client.lease.calls")
			.tag("client", client.getName())
			.timers()
			.stream()
			.anyMatch((timer) -> timer.count() > 0);
	}

	private static boolean storeAnswers(HeartbeatClient client) {
		HeartbeatClientSnapshot.Lease lease = client.getSnapshot().lease();
		return lease.error() == null
				&& (lease.silentSince() == null || lease.silentSince().isAfter(Instant.now().minusSeconds(1)));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ HeartbeatAutoConfiguration.class, HeartbeatLeadershipAutoConfiguration.class,
			HeartbeatMetricsAutoConfiguration.class })
	@Import({ Database.class, AnyDatabase.class, Postgres.class, Redis.class })
	static class Application {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@EventListener
		void print(HeartbeatEvent event) {
			if (event instanceof HeartbeatMessageEvent message) {
				String text = message.getMessage().getPayload().toString();
				System.out.println("MESSAGE " + text.substring(0, Math.min(text.length(), 20)));
			}
			else if (event instanceof HeartbeatLeaseLostEvent lost) {
				System.out.println("LOST " + lost.getReason());
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("!redis")
	static class Database {

		@Bean
		HikariDataSource dataSource(Environment environment) {
			HikariDataSource dataSource = new HikariDataSource();
			dataSource.setJdbcUrl(environment.getRequiredProperty("store.address"));
			return dataSource;
		}

		@Bean
		JdbcTransactionManager transactionManager(HikariDataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("h2")
	@Import(Replicas.class)
	static class AnyDatabase {

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("postgres")
	@Import(PostgresReplicas.class)
	static class Postgres {

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("redis")
	@Import(RedisReplicas.class)
	static class Redis {

		@Bean
		LettuceConnectionFactory connectionFactory(Environment environment, ClientResources resources) {
			return new LettuceConnectionFactory(
					LettuceConnectionFactory.createRedisConfiguration(environment.getRequiredProperty("store.address")),
					LettuceClientConfiguration.builder().clientResources(resources).build());
		}

	}

}
