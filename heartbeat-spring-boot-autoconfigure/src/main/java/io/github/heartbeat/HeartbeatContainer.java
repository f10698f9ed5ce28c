package io.github.heartbeat;

/**
 * Jakarta WebSocket client that carries the connections.
 *
 * @since 0.1.0
 */
public enum HeartbeatContainer {

	/**
	 * The first one on the classpath.
	 */
	AUTO,

	/**
	 * Tomcat, from {@code tomcat-embed-websocket}.
	 */
	TOMCAT,

	/**
	 * Jetty, from {@code jetty-ee11-websocket-jakarta-client}.
	 */
	JETTY

}
