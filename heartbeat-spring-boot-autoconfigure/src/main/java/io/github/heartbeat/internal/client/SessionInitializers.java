package io.github.heartbeat.internal.client;

import java.util.List;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatSessionInitializer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the session initializer of one client.
 */
final class SessionInitializers {

	private final String clientName;

	private final Supplier<List<HeartbeatSessionInitializer>> candidates;

	private volatile @Nullable HeartbeatSessionInitializer initializer;

	@GuardedBy("this")
	private boolean found;

	SessionInitializers(String clientName, Supplier<List<HeartbeatSessionInitializer>> candidates) {
		this.clientName = clientName;
		this.candidates = candidates;
	}

	/**
	 * Find the initializer, once. This happens on start, so that clients can be injected
	 * into initializers.
	 * @throws AmbiguousSessionInitializerException if several support the client
	 */
	synchronized void find() {
		if (this.found) {
			return;
		}
		List<HeartbeatSessionInitializer> supporting = this.candidates.get()
			.stream()
			.filter((candidate) -> candidate.supports(this.clientName))
			.toList();
		if (supporting.size() > 1) {
			throw new AmbiguousSessionInitializerException(this.clientName, supporting);
		}
		this.initializer = supporting.isEmpty() ? null : supporting.get(0);
		this.found = true;
	}

	/**
	 * Return the initializer, or {@code null} if the client has none.
	 */
	@Nullable HeartbeatSessionInitializer get() {
		return this.initializer;
	}

}
