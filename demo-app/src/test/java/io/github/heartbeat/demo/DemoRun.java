package io.github.heartbeat.demo;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The demo application, running on a free port.
 */
public final class DemoRun implements AutoCloseable {

	private final int port;

	private final ConfigurableApplicationContext context;

	private DemoRun(int port, String... arguments) {
		this.port = port;
		List<String> all = new ArrayList<>(List.of("--server.port=" + port));
		all.addAll(List.of(arguments));
		this.context = SpringApplication.run(DemoApplication.class, all.toArray(String[]::new));
	}

	/**
	 * Start the application.
	 * @param arguments its arguments
	 * @return the running application
	 */
	public static DemoRun start(String... arguments) {
		return new DemoRun(FreePort.find(), arguments);
	}

	/**
	 * Start the application again on the same port.
	 * @param arguments its arguments
	 * @return the running application
	 */
	public DemoRun startAgain(String... arguments) {
		return new DemoRun(this.port, arguments);
	}

	/**
	 * Return the URL of the page.
	 * @return the URL
	 */
	public String url() {
		return "http://127.0.0.1:" + this.port + "/";
	}

	/**
	 * Return a bean.
	 * @param type the type of the bean
	 * @param <T> the type of the bean
	 * @return the bean
	 */
	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	/**
	 * Stop the application.
	 */
	public void stop() {
		this.context.close();
	}

	@Override
	public void close() {
		stop();
	}

}
