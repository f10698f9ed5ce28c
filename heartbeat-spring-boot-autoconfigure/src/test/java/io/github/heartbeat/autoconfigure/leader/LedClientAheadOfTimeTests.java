package io.github.heartbeat.autoconfigure.leader;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.leader.HeartbeatLeases;
import io.github.heartbeat.leader.LockRegistryLeases;
import io.github.heartbeat.readme.Replicas;
import org.awaitility.Awaitility;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.javapoet.ClassName;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes an application with a led client ahead of time, compiles what was generated,
 * and runs it.
 */
class LedClientAheadOfTimeTests {

	@Test
	void aLedClientUsesTheRegistry(@TempDir Path directory) throws Exception {
		ClassName initializer = generate(directory);
		compile(directory);
		assertThat(directory.resolve("compiled")).isDirectoryRecursivelyContaining("glob:**HeartbeatLeadership*.class");
		List<URL> urls = new ArrayList<>(List.of(directory.resolve("compiled").toUri().toURL()));
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			urls.add(Path.of(entry).toUri().toURL());
		}
		try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			Thread thread = Thread.currentThread();
			ClassLoader before = thread.getContextClassLoader();
			thread.setContextClassLoader(loader);
			try {
				Method run = Class.forName(Application.class.getName(), true, loader)
					.getDeclaredMethod("run", String.class);
				run.setAccessible(true);
				assertThat(run.invoke(null, initializer.canonicalName())).isEqualTo("shop.orders");
			}
			finally {
				thread.setContextClassLoader(before);
			}
		}
	}

	private static ClassName generate(Path directory) {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get(Application.class)),
				new FileSystemGeneratedFiles((kind) -> directory.resolve(kind.name().toLowerCase(Locale.ROOT))));
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			Application.configure(context.getEnvironment());
			context.register(HeartbeatAutoConfiguration.class, HeartbeatLeadershipAutoConfiguration.class,
					Application.class);
			ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
			return initializer;
		}
	}

	private static void compile(Path directory) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		Path classes = Files.createDirectories(directory.resolve("compiled"));
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
				Stream<Path> sources = Files.walk(directory.resolve("source"))) {
			List<Path> paths = sources.filter((path) -> path.toString().endsWith(".java")).toList();
			assertThat(compiler
				.getTask(null, files, null,
						List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-classpath",
								System.getProperty("java.class.path")),
						null, files.getJavaFileObjectsFromPaths(paths))
				.call()).isTrue();
		}
	}

	/**
	 * The application, which also runs in a class loader of its own.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(Replicas.class)
	static class Application {

		static void configure(ConfigurableEnvironment environment) {
			environment.getPropertySources()
				.addFirst(new MapPropertySource("test",
						Map.of("spring.application.name", "shop", "heartbeat.clients.orders.url", "ws://localhost:1",
								"heartbeat.clients.orders.leader.enabled", "true",
								"heartbeat.clients.orders.leader.lease", "1s")));
		}

		/**
		 * Run the generated application until its client leads.
		 * @return the name of the lease
		 */
		static String run(String initializer) throws ReflectiveOperationException {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				configure(context.getEnvironment());
				ApplicationContextInitializer<GenericApplicationContext> generated = initializer(initializer);
				generated.initialize(context);
				context.refresh();
				HeartbeatClient client = context.getBean(HeartbeatClient.class);
				Awaitility.await().pollInSameThread().atMost(Duration.ofSeconds(20)).until(client::isLeader);
				assertThat(context.getBean(HeartbeatLeases.class)).isInstanceOf(LockRegistryLeases.class);
				assertThat(client.getLease().getGrantedAt()).isBeforeOrEqualTo(Instant.now());
				return client.getLease().getName();
			}
		}

		@SuppressWarnings("unchecked")
		private static ApplicationContextInitializer<GenericApplicationContext> initializer(String name)
				throws ReflectiveOperationException {
			return (ApplicationContextInitializer<GenericApplicationContext>) Class.forName(name)
				.getDeclaredConstructor()
				.newInstance();
		}

		@Bean
		JdbcDataSource dataSource() {
			JdbcDataSource dataSource = new JdbcDataSource();
			dataSource.setURL("jdbc:h2:mem:ahead-of-time;DB_CLOSE_DELAY=-1");
			new ResourceDatabasePopulator(new ClassPathResource("org/springframework/integration/jdbc/schema-h2.sql"))
				.execute(dataSource);
			return dataSource;
		}

		@Bean
		JdbcTransactionManager transactionManager(JdbcDataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

	}

}
