package io.github.heartbeat;

/**
 * Which Jakarta WebSocket client carries the connections.
 *
 * @since 0.1.0
 */
public enum HeartbeatContainer {

	/**
	 * The first one on the classpath.
	 */
	AUTO,

	/**
	 * Tomcat's, of {@code tomcat-embed-websocket}.
	 */
	TOMCAT,

	/**
	 * Jetty's, of {@code jetty-ee11-websocket-jakarta-client}.
	 */
	JETTY

}
