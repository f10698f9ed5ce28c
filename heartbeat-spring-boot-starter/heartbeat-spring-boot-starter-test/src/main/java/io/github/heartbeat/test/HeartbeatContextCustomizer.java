package io.github.heartbeat.test;

import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;
import io.github.heartbeat.test.AutoConfigureHeartbeatServer.Clock;
import io.github.heartbeat.test.internal.ConnectionLanes;
import io.github.heartbeat.test.internal.ManualEngine;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Registers the server and the clock of a test's application context, or keeps its
 * clients stopped.
 *
 * @param clock the clock of the clients, or {@code null} without a server
 */
record HeartbeatContextCustomizer(@Nullable Clock clock) implements ContextCustomizer {

	private static final String ENGINE_FACTORY = "heartbeatTestEngineFactory";

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		if (this.clock == null) {
			beans.registerSingleton(ENGINE_FACTORY, new StoppedEngineFactory(context.getEnvironment()));
		}
		else if (this.clock == Clock.MANUAL) {
			ManualEngine engine = new ManualEngine(Instant.now());
			beans.registerSingleton("heartbeatTestClock", new HeartbeatTestClock(engine));
			HeartbeatTestServer server = register(context, engine, () -> engine::deliver);
			beans.registerSingleton("heartbeatTestClockLifecycle", clockLifecycle(server, engine));
			whenClosed(context, engine::runInBackground);
		}
		else {
			ConnectionLanes lanes = new ConnectionLanes();
			whenClosed(context, lanes::close);
			register(context, null, lanes);
		}
	}

	private static HeartbeatTestServer register(ConfigurableApplicationContext context, @Nullable ManualEngine engine,
			Supplier<Executor> lanes) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		HeartbeatTestServer server = new HeartbeatTestServer(
				() -> beans.getBeanProvider(HeartbeatClients.class).getIfAvailable(), engine);
		beans.registerSingleton("heartbeatTestServer", server);
		beans.registerSingleton("heartbeatTestServerLifecycle", serverLifecycle(server));
		beans.registerSingleton(ENGINE_FACTORY, new TestEngineFactory(server, lanes, engine));
		TestServers.add(server);
		whenClosed(context, () -> TestServers.remove(server));
		return server;
	}

	/**
	 * The end of the clients waits for tasks, and no test runs them then. So they run in
	 * the background from the first stop on, because other beans can wait for clients
	 * too.
	 */
	private static TestLifecycle clockLifecycle(HeartbeatTestServer server, ManualEngine engine) {
		return new TestLifecycle(Integer.MAX_VALUE, engine::endBackground, () -> {
			server.reset();
			engine.runInBackground();
		});
	}

	/**
	 * After the clients have stopped, the server forgets their end, so that a test that
	 * resumes a paused context finds what the first test finds.
	 */
	private static TestLifecycle serverLifecycle(HeartbeatTestServer server) {
		return new TestLifecycle(DefaultHeartbeatClients.PHASE - 1, () -> {
		}, server::reset);
	}

	private static void whenClosed(ConfigurableApplicationContext context, Runnable action) {
		context.addApplicationListener((ApplicationListener<ContextClosedEvent>) (event) -> {
			if (event.getApplicationContext() == context) {
				action.run();
			}
		});
	}

}
