package io.github.heartbeat.internal.container;

import java.util.List;
import java.util.Map;

import io.github.heartbeat.internal.container.tomcat.TomcatInternals;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Native-image hints for what the engine looks up by name: the container classes, which
 * identify the container of a connection, and the private fields that lead to a socket
 * and a buffer of Tomcat.
 */
public final class ContainerRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<String> CONTAINERS = List.of(Containers.TOMCAT, Containers.JETTY);

	/** The classes and the fields that {@link TomcatInternals} looks up in them. */
	private static final Map<String, String> TOMCAT_FIELDS = Map.of("WsSession", "wsRemoteEndpoint",
			"WsRemoteEndpointImplClient", "channel", "WsRemoteEndpointImplBase", "batchingAllowed",
			"AsyncChannelWrapperNonSecure", "socketChannel", "AsyncChannelWrapperSecure", "socketChannel");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		CONTAINERS.forEach((name) -> hints.reflection().registerTypeIfPresent(classLoader, name));
		TOMCAT_FIELDS.forEach((className, field) -> hints.reflection()
			.registerTypeIfPresent(classLoader, "org.apache.tomcat.websocket." + className,
					(type) -> type.withField(field)));
	}

}
