package io.github.heartbeat.test;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/**
 * Resets the server and the clients of a context after each test.
 */
final class HeartbeatResetTestExecutionListener extends AbstractTestExecutionListener {

	/**
	 * After the listeners of Spring and Spring Boot, so that their work before a test is
	 * done, and this one comes first after the test.
	 */
	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public void beforeTestMethod(TestContext testContext) {
		HeartbeatTestServer server = server(testContext);
		if (server != null) {
			server.rememberClients();
		}
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		HeartbeatTestServer server = server(testContext);
		if (server != null) {
			server.restoreClients();
		}
	}

	private static @Nullable HeartbeatTestServer server(TestContext testContext) {
		if (!testContext.hasApplicationContext()) {
			return null;
		}
		ApplicationContext context = testContext.getApplicationContext();
		ObjectProvider<HeartbeatTestServer> server = context.getBeanProvider(HeartbeatTestServer.class);
		return server.getIfAvailable();
	}

}
