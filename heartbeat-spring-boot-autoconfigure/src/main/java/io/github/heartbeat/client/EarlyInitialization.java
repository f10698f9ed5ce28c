package io.github.heartbeat.client;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Initializes the classes that are first needed when a connection fails. A class whose
 * static initializer throws an {@link OutOfMemoryError} cannot be used any more while the
 * JVM runs, so it must not be initialized when the heap may be exhausted.
 */
final class EarlyInitialization {

	private static final String[] CLASSES = { "io.github.heartbeat.HeartbeatClientState",
			"io.github.heartbeat.HeartbeatConnectionException", "io.github.heartbeat.HeartbeatConnectionException$Kind",
			"io.github.heartbeat.HeartbeatInitiator", "io.github.heartbeat.HeartbeatReconnectDecision",
			"io.github.heartbeat.HeartbeatSendException", "io.github.heartbeat.HeartbeatSendException$Reason",
			"io.github.heartbeat.HeartbeatSendWhileDisconnected", "io.github.heartbeat.client.ClientObservation",
			"io.github.heartbeat.client.ClientStateMachine", "io.github.heartbeat.client.ConnectFailures",
			"io.github.heartbeat.client.Connection", "io.github.heartbeat.client.ConnectionAttempt",
			"io.github.heartbeat.client.ContainerWatch", "io.github.heartbeat.client.ContainerWatch$Verification",
			"io.github.heartbeat.client.LostTasks", "io.github.heartbeat.client.Hook$Type",
			"io.github.heartbeat.client.HookDispatcher", "io.github.heartbeat.client.HookQueue",
			"io.github.heartbeat.client.HookQueue$1", "io.github.heartbeat.client.Interrupts",
			"io.github.heartbeat.client.LongHookWarning", "io.github.heartbeat.client.OutageLog",
			"io.github.heartbeat.client.Outbox", "io.github.heartbeat.client.PauseDetector",
			"io.github.heartbeat.client.PayloadLog", "io.github.heartbeat.client.Phase",
			"io.github.heartbeat.client.PingMessages", "io.github.heartbeat.client.PingMessages$1",
			"io.github.heartbeat.client.ReceiptClock", "io.github.heartbeat.client.ReconnectPolicies",
			"io.github.heartbeat.client.Timeouts", "io.github.heartbeat.client.SendCompletions",
			"io.github.heartbeat.client.SendQueue", "io.github.heartbeat.client.SessionView",
			"io.github.heartbeat.client.StopConditions$1", "io.github.heartbeat.client.WebSocketConnector",
			"org.springframework.web.socket.CloseStatus", "jakarta.websocket.CloseReason",
			"jakarta.websocket.CloseReason$CloseCodes", "jakarta.websocket.DeploymentException",
			"java.nio.channels.SocketChannel", "java.nio.channels.AsynchronousCloseException",
			"java.util.concurrent.CompletionException", "java.util.concurrent.ExecutionException" };

	private static final String[] TOMCAT_CLASSES = { "io.github.heartbeat.client.TomcatContainer",
			"io.github.heartbeat.client.TomcatInternals", "org.apache.tomcat.websocket.AsyncChannelGroupUtil",
			"org.apache.tomcat.websocket.BackgroundProcessManager", "org.apache.tomcat.websocket.WsFrameClient",
			"org.apache.tomcat.websocket.WsRemoteEndpointImplClient", "org.apache.tomcat.websocket.WsSession",
			"org.apache.tomcat.websocket.WsWebSocketContainer" };

	private static final String[] JETTY_CLASSES = { "io.github.heartbeat.client.JettyConnector",
			"org.eclipse.jetty.client.HttpResponseException", "org.eclipse.jetty.http.HttpException$RuntimeException",
			"org.eclipse.jetty.io.EofException", "org.eclipse.jetty.io.WriteFlusher$FailedState",
			"org.eclipse.jetty.util.ExceptionUtil", "org.eclipse.jetty.util.IO",
			"org.eclipse.jetty.websocket.core.CloseStatus",
			"org.eclipse.jetty.websocket.core.exception.UpgradeException",
			"org.eclipse.jetty.websocket.core.exception.WebSocketException" };

	private EarlyInitialization() {
	}

	/**
	 * Initialize the classes of the engine and of the containers on the classpath.
	 */
	static void run() {
		@Nullable ClassLoader classLoader = EarlyInitialization.class.getClassLoader();
		initialize(CLASSES, classLoader);
		if (ClassUtils.isPresent(Containers.TOMCAT, classLoader)) {
			initialize(TOMCAT_CLASSES, classLoader);
		}
		if (ClassUtils.isPresent(Containers.JETTY, classLoader)) {
			initialize(JETTY_CLASSES, classLoader);
		}
	}

	/**
	 * A class that another version does not have is left out.
	 */
	private static void initialize(String[] classes, @Nullable ClassLoader classLoader) {
		for (String name : classes) {
			try {
				Class.forName(name, true, classLoader);
			}
			catch (ClassNotFoundException | LinkageError ex) {
				EngineLog.of(EarlyInitialization.class).trace("Not initialized: " + name);
			}
		}
	}

	/**
	 * Return the names of the classes of the engine that are initialized.
	 */
	static String[] engineClasses() {
		return CLASSES.clone();
	}

}
