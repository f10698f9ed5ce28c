package io.github.heartbeat.internal.client;

import java.util.List;

import io.github.heartbeat.HeartbeatSessionInitializer;

/**
 * Several session initializers support one client.
 */
public final class AmbiguousSessionInitializerException extends IllegalStateException {

	private final String clientName;

	private final List<String> initializers;

	AmbiguousSessionInitializerException(String clientName, List<HeartbeatSessionInitializer> initializers) {
		super("Several session initializers support client '" + clientName + "'");
		this.clientName = clientName;
		this.initializers = initializers.stream().map((initializer) -> initializer.getClass().getName()).toList();
	}

	public String getClientName() {
		return this.clientName;
	}

	/**
	 * Return the class names of the initializers, in their order.
	 */
	public List<String> getInitializers() {
		return this.initializers;
	}

}
