package io.github.heartbeat.internal.container.tomcat;

import java.lang.reflect.Field;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.heartbeat.internal.container.ContainerRuntimeHints;
import io.github.heartbeat.internal.runtime.EngineLog;
import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Access to Tomcat's socket and buffer through private fields, because Tomcat has no API
 * for them. If a field is not found, because of another version or missing access rights,
 * connections still work, but slower.
 */
public final class TomcatInternals {

	private static final EngineLog logger = EngineLog.of(TomcatInternals.class);

	/** {@link ContainerRuntimeHints} lists these fields too. */
	private static final String[] CHANNEL = { "wsRemoteEndpoint", "channel", "socketChannel" };

	/** {@link ContainerRuntimeHints} lists these fields too. */
	private static final String[] BATCHING = { "wsRemoteEndpoint", "batchingAllowed" };

	private TomcatInternals() {
	}

	/**
	 * Disable Nagle's algorithm, which Tomcat leaves enabled, if the socket of the
	 * session is found. With Nagle's algorithm, the second of two small messages waits
	 * about 40 ms for the acknowledgement of the first.
	 */
	static void setNoDelay(WsSession session) {
		try {
			NetworkChannel channel = channel(session);
			if (channel != null) {
				channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
				return;
			}
			logger.debug("TCP_NODELAY is not set because this version of Tomcat stores its socket in another field");
		}
		catch (Exception ex) {
			logger.debug("Failed to set TCP_NODELAY", ex);
		}
	}

	/**
	 * Return whether the socket of a session is accessible.
	 */
	static boolean hasSocket(WsSession session) {
		try {
			return channel(session) != null;
		}
		catch (Exception ex) {
			logger.debug("Failed to access the socket", ex);
			return false;
		}
	}

	/**
	 * Close the socket of a session if it is accessible. Tomcat leaves the socket open
	 * while it writes its close frame.
	 */
	static void closeSocket(WsSession session) {
		try {
			NetworkChannel channel = channel(session);
			if (channel != null) {
				channel.close();
			}
		}
		catch (Exception ex) {
			logger.debug("Failed to close the socket", ex);
		}
	}

	static @Nullable NetworkChannel channel(WsSession session) {
		return (find(session, CHANNEL) instanceof NetworkChannel channel) ? channel : null;
	}

	/**
	 * Return the mutable flag that makes a session keep written messages in its buffer,
	 * or {@code null} if it is not accessible. The Jakarta API can change the flag too,
	 * but can only reset it with a flush, and the flush of Tomcat 11.0.27 loses the bytes
	 * that the socket does not accept immediately. A message that is written while the
	 * flag is {@code false} flushes the buffer and is written completely.
	 */
	public static @Nullable AtomicBoolean batching(WsSession session) {
		try {
			return (find(session, BATCHING) instanceof AtomicBoolean batching) ? batching : null;
		}
		catch (Exception ex) {
			logger.debug("Failed to access the batching flag; messages are written one by one", ex);
			return null;
		}
	}

	private static @Nullable Object find(WsSession session, String[] path) {
		Object target = session;
		for (String name : path) {
			Field field = (target != null) ? ReflectionUtils.findField(target.getClass(), name) : null;
			if (field == null) {
				return null;
			}
			ReflectionUtils.makeAccessible(field);
			target = ReflectionUtils.getField(field, target);
		}
		return target;
	}

}
