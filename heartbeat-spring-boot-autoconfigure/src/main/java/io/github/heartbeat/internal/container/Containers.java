package io.github.heartbeat.internal.container;

import java.net.URI;
import java.util.ServiceLoader;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.container.jetty.JettyContainerSupport;
import io.github.heartbeat.internal.container.tomcat.TomcatContainerSupport;
import io.github.heartbeat.internal.tls.TlsHolder;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.web.socket.WebSocketSession;

/**
 * Selects the container for the connections. Containers in the application context are
 * ignored, because applications use them for other purposes.
 */
public final class Containers {

	public static final String TOMCAT = "org.apache.tomcat.websocket.WsWebSocketContainer";

	public static final String JETTY = "org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer";

	private final @Nullable ClassLoader classLoader = ClassUtils.getDefaultClassLoader();

	private final HeartbeatContainer choice;

	/** Created for the first client. */
	@GuardedBy("this")
	private @Nullable ContainerSupport shared;

	/** Whether the shared container also replaces those that clients supply. */
	private final boolean only;

	/**
	 * Create the containers. No classes of a container are initialized before the first
	 * client needs them.
	 */
	public Containers(HeartbeatContainer choice) {
		this.only = false;
		this.choice = choice;
		switch (choice) {
			case AUTO -> {
			}
			case TOMCAT -> requirePresent("tomcat", TOMCAT, "org.apache.tomcat.embed:tomcat-embed-websocket");
			case JETTY ->
				requirePresent("jetty", JETTY, "org.eclipse.jetty.ee11.websocket:jetty-ee11-websocket-jakarta-client");
		}
	}

	/**
	 * Use one container for all connections, whatever clients supply.
	 */
	public Containers(ContainerSupport only) {
		this.only = true;
		this.choice = HeartbeatContainer.AUTO;
		this.shared = only;
	}

	/**
	 * Return the support for the container that a client supplies, or for the shared
	 * container if {@code supplied} is {@code null}.
	 */
	public ContainerSupport support(@Nullable WebSocketContainer supplied) {
		if (supplied == null || this.only) {
			return shared();
		}
		if (isA(supplied, TOMCAT)) {
			return Tomcat.support(supplied);
		}
		return isA(supplied, JETTY) ? Jetty.support(supplied) : new OtherContainerSupport(supplied);
	}

	private synchronized ContainerSupport shared() {
		ContainerSupport shared = this.shared;
		if (shared == null) {
			shared = switch (this.choice) {
				case AUTO -> firstOnClasspath();
				case TOMCAT -> Tomcat.support(null);
				case JETTY -> Jetty.support(null);
			};
			this.shared = shared;
		}
		return shared;
	}

	/**
	 * Whether the support belongs to the shared container.
	 */
	public synchronized boolean isShared(ContainerSupport support) {
		return support == this.shared;
	}

	private boolean isA(Object container, String className) {
		return isPresent(className) && ClassUtils.resolveClassName(className, this.classLoader).isInstance(container);
	}

	private boolean isPresent(String className) {
		return ClassUtils.isPresent(className, this.classLoader);
	}

	private ContainerSupport firstOnClasspath() {
		String provider = ServiceLoader.load(ContainerProvider.class, this.classLoader)
			.stream()
			.findFirst()
			.map((first) -> first.type().getName())
			.orElseThrow(() -> unavailable("auto", "finds no Jakarta WebSocket client on the classpath",
					"org.apache.tomcat.embed:tomcat-embed-websocket"));
		if (provider.startsWith("org.apache.tomcat.")) {
			return Tomcat.support(null);
		}
		return provider.startsWith("org.eclipse.jetty.ee11.") ? Jetty.support(null)
				: new OtherContainerSupport(ContainerProvider.getWebSocketContainer());
	}

	private void requirePresent(String value, String className, String dependency) {
		if (!isPresent(className)) {
			throw unavailable(value, "is not on the classpath", dependency);
		}
	}

	private static InvalidHeartbeatSettingException unavailable(String value, String reason, String dependency) {
		return new InvalidHeartbeatSettingException("container", value, reason,
				"Add the dependency " + dependency + " or choose another container.");
	}

	public synchronized void shutdown() {
		if (this.shared != null) {
			this.shared.shutdown();
		}
	}

	/** Nested, so that Tomcat's classes are loaded only if they are present. */
	private static final class Tomcat {

		public static ContainerSupport support(@Nullable WebSocketContainer supplied) {
			return (supplied != null)
					? new TomcatContainerSupport((org.apache.tomcat.websocket.WsWebSocketContainer) supplied)
					: new TomcatContainerSupport();
		}

	}

	/** Nested, so that Jetty's classes are loaded only if they are present. */
	private static final class Jetty {

		public static ContainerSupport support(@Nullable WebSocketContainer supplied) {
			return new JettyContainerSupport(supplied);
		}

	}

	/**
	 * Support for a container other than Tomcat's and Jetty's.
	 */
	private record OtherContainerSupport(WebSocketContainer container) implements ContainerSupport {

		@Override
		public WebSocketContainer container(URI url, @Nullable TlsHolder tls) {
			return this.container;
		}

		@Override
		public Transport transport(WebSocketSession session) {
			return new SessionTransport(session);
		}

	}

}
