package io.github.heartbeat.internal.client;

import io.github.heartbeat.internal.container.Containers;
import io.github.heartbeat.internal.runtime.EngineLog;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Initializes the classes that are first used when a connection fails. A class whose
 * static initializer throws an {@link OutOfMemoryError} is unusable until the JVM ends,
 * and so can be one that cannot be loaded. Both must be done before the heap may be
 * exhausted.
 */
final class EarlyInitialization {

	private static final String[] CLASSES = { "io.github.heartbeat.HeartbeatClientState",
			"io.github.heartbeat.HeartbeatConnectionException", "io.github.heartbeat.HeartbeatConnectionException$Kind",
			"io.github.heartbeat.HeartbeatInitiator", "io.github.heartbeat.HeartbeatReconnectDecision",
			"io.github.heartbeat.HeartbeatSendException", "io.github.heartbeat.HeartbeatSendException$Reason",
			"io.github.heartbeat.HeartbeatSendWhileDisconnected", "io.github.heartbeat.event.HeartbeatMessageEvent",
			"io.github.heartbeat.health.HeartbeatHealthIndicator$1",
			"io.github.heartbeat.internal.client.ClientStateMachine",
			"io.github.heartbeat.internal.client.ClientStateMachine$Decision",
			"io.github.heartbeat.internal.client.ClientStateMachine$EndOfWait",
			"io.github.heartbeat.internal.client.DefaultHeartbeatClients",
			"io.github.heartbeat.internal.client.EngineFactory", "io.github.heartbeat.internal.client.Phase",
			"io.github.heartbeat.internal.client.ReconnectDecider$Question",
			"io.github.heartbeat.internal.client.ReconnectPolicies",
			"io.github.heartbeat.internal.client.ShortWaitWarning",
			"io.github.heartbeat.internal.client.StopConditions$1", "io.github.heartbeat.internal.connect.AccessToken",
			"io.github.heartbeat.internal.connect.ConnectFailures",
			"io.github.heartbeat.internal.connect.ConnectionAttempt",
			"io.github.heartbeat.internal.connect.WebSocketConnector",
			"io.github.heartbeat.internal.connection.Connection",
			"io.github.heartbeat.internal.connection.Connection$Abort",
			"io.github.heartbeat.internal.connection.Connection$CloseTimeout",
			"io.github.heartbeat.internal.connection.Connection$CloseWritten",
			"io.github.heartbeat.internal.connection.Connection$EndOfAbort",
			"io.github.heartbeat.internal.connection.Connection$LossReport",
			"io.github.heartbeat.internal.connection.Connection$Poll",
			"io.github.heartbeat.internal.connection.RequestedUrl",
			"io.github.heartbeat.internal.connection.SessionInitialization",
			"io.github.heartbeat.internal.connection.SessionView",
			"io.github.heartbeat.internal.container.ContainerWatch",
			"io.github.heartbeat.internal.container.ContainerWatch$Verification",
			"io.github.heartbeat.internal.container.Containers$1", "io.github.heartbeat.internal.hook.Hook$Type",
			"io.github.heartbeat.internal.hook.HookDispatcher",
			"io.github.heartbeat.internal.hook.HookDispatcher$CloseHook",
			"io.github.heartbeat.internal.hook.HookDispatcher$ErrorHook",
			"io.github.heartbeat.internal.hook.HookDispatcher$ExhaustedHook",
			"io.github.heartbeat.internal.hook.HookDispatcher$LeaseLostHook",
			"io.github.heartbeat.internal.hook.HookDispatcher$ReconnectHook",
			"io.github.heartbeat.internal.hook.HookMdc", "io.github.heartbeat.internal.hook.HookQueue",
			"io.github.heartbeat.internal.hook.HookQueue$1",
			"io.github.heartbeat.internal.hook.HookQueue$WaitingMessage",
			"io.github.heartbeat.internal.hook.LongHookWarning", "io.github.heartbeat.internal.hook.ReceiptClock",
			"io.github.heartbeat.internal.lease.Lease", "io.github.heartbeat.internal.lease.LeaseManager",
			"io.github.heartbeat.internal.message.DirectReaders",
			"io.github.heartbeat.internal.message.PayloadConverters", "io.github.heartbeat.internal.message.PayloadLog",
			"io.github.heartbeat.internal.message.PingMessages", "io.github.heartbeat.internal.message.PingMessages$1",
			"io.github.heartbeat.internal.observe.AttemptObservation",
			"io.github.heartbeat.internal.observe.ObservedAttempt",
			"io.github.heartbeat.internal.observe.ObservedAttempt$Outcome",
			"io.github.heartbeat.internal.observe.ClientObservation",
			"io.github.heartbeat.internal.observe.ClientObservation$ConnectionEnd",
			"io.github.heartbeat.internal.observe.ClientObservation$ErrorTime",
			"io.github.heartbeat.internal.observe.ClientObservation$ScheduledReconnect",
			"io.github.heartbeat.internal.observe.ClientObservation$SendFailure",
			"io.github.heartbeat.internal.observe.OutageLog", "io.github.heartbeat.internal.observe.StackTraceText",
			"io.github.heartbeat.internal.observe.UserCodeLog",
			"io.github.heartbeat.internal.observe.UserCodeLog$Callback",
			"io.github.heartbeat.internal.runtime.DeferringExecutor",
			"io.github.heartbeat.internal.runtime.ElasticPool", "io.github.heartbeat.internal.runtime.EngineLock",
			"io.github.heartbeat.internal.runtime.EngineResources", "io.github.heartbeat.internal.runtime.Interrupts",
			"io.github.heartbeat.internal.runtime.LostTasks", "io.github.heartbeat.internal.runtime.PauseDetector",
			"io.github.heartbeat.internal.runtime.RetryingExecutor",
			"io.github.heartbeat.internal.runtime.ShutdownExecutor",
			"io.github.heartbeat.internal.runtime.ThreadShortageLog", "io.github.heartbeat.internal.runtime.TimeOfDay",
			"io.github.heartbeat.internal.runtime.Timeouts", "io.github.heartbeat.internal.send.Outbox",
			"io.github.heartbeat.internal.send.Outbox$Finish", "io.github.heartbeat.internal.send.SendCompletions",
			"io.github.heartbeat.internal.send.SendQueue", "io.github.heartbeat.internal.tls.Tls",
			"io.github.heartbeat.metrics.HeartbeatMeters", "io.github.heartbeat.metrics.ReconnectCause",
			"io.github.heartbeat.metrics.ReconnectCause$1",
			"io.github.heartbeat.observation.DefaultHeartbeatAttemptObservationConvention",
			"io.github.heartbeat.observation.HeartbeatAttemptObservationContext$Outcome",
			"io.github.heartbeat.observation.HeartbeatObservationDocumentation",
			"io.github.heartbeat.observation.HeartbeatObservationDocumentation$AttemptHighCardinalityKeys",
			"io.github.heartbeat.observation.HeartbeatObservationDocumentation$AttemptLowCardinalityKeys",
			"io.github.heartbeat.observation.HeartbeatObservationDocumentation$MessageLowCardinalityKeys",
			"io.github.heartbeat.observation.HeartbeatObservations", "org.springframework.web.socket.CloseStatus",
			"jakarta.websocket.CloseReason", "jakarta.websocket.CloseReason$CloseCodes",
			"jakarta.websocket.DeploymentException", "java.nio.channels.SocketChannel",
			"java.nio.channels.AsynchronousCloseException", "java.util.concurrent.CompletionException",
			"java.util.concurrent.ExecutionException" };

	static final String[] TOMCAT_CLASSES = { "io.github.heartbeat.internal.container.tomcat.TomcatContainerSupport",
			"io.github.heartbeat.internal.container.tomcat.TomcatContainer",
			"io.github.heartbeat.internal.container.tomcat.TomcatInternals",
			"org.apache.tomcat.websocket.AsyncChannelGroupUtil", "org.apache.tomcat.websocket.BackgroundProcessManager",
			"org.apache.tomcat.websocket.WsFrameClient", "org.apache.tomcat.websocket.WsRemoteEndpointImplClient",
			"org.apache.tomcat.websocket.WsSession", "org.apache.tomcat.websocket.WsWebSocketContainer" };

	static final String[] JETTY_CLASSES = { "io.github.heartbeat.internal.container.jetty.JettyContainerSupport",
			"io.github.heartbeat.internal.container.jetty.JettyConnector",
			"io.github.heartbeat.internal.container.jetty.JettyConnector$CloseSocket",
			"org.eclipse.jetty.client.HttpResponseException", "org.eclipse.jetty.http.HttpException$RuntimeException",
			"org.eclipse.jetty.io.EofException", "org.eclipse.jetty.io.WriteFlusher$FailedState",
			"org.eclipse.jetty.util.ExceptionUtil", "org.eclipse.jetty.util.IO",
			"org.eclipse.jetty.websocket.core.CloseStatus",
			"org.eclipse.jetty.websocket.core.exception.UpgradeException",
			"org.eclipse.jetty.websocket.core.exception.WebSocketException" };

	private static volatile boolean initialized;

	private EarlyInitialization() {
	}

	/**
	 * Initialize the classes of the engine and of the containers on the classpath. Calls
	 * after the first one do nothing.
	 */
	static void run() {
		if (initialized) {
			return;
		}
		initialized = true;
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
	 * A class that does not exist in another version of a library is skipped.
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
