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
 * What Tomcat gives no access to, so that this looks for it in private fields: its socket
 * and its buffer. Where it is not found, in another version or without the right to look,
 * connections work all the same, slower.
 */
public final class TomcatInternals {

	private static final EngineLog logger = EngineLog.of(TomcatInternals.class);

	/** Known to {@link ContainerRuntimeHints} too. */
	private static final String[] CHANNEL = { "wsRemoteEndpoint", "channel", "socketChannel" };

	/** Known to {@link ContainerRuntimeHints} too. */
	private static final String[] BATCHING = { "wsRemoteEndpoint", "batchingAllowed" };

	private TomcatInternals() {
	}

	/**
	 * Turn Nagle's algorithm off, which Tomcat leaves on, if the socket of the session
	 * can be found. With it, the second of two small messages waits some 40 ms for the
	 * acknowledgement of the first.
	 */
	static void setNoDelay(WsSession session) {
		try {
			NetworkChannel channel = channel(session);
			if (channel != null) {
				channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
				return;
			}
			logger.debug("TCP_NODELAY is not set: this version of Tomcat keeps its socket elsewhere");
		}
		catch (Exception ex) {
			logger.debug("TCP_NODELAY could not be set", ex);
		}
	}

	/**
	 * Return whether the socket of a session can be found.
	 */
	static boolean hasSocket(WsSession session) {
		try {
			return channel(session) != null;
		}
		catch (Exception ex) {
			logger.debug("The socket cannot be found", ex);
			return false;
		}
	}

	/**
	 * Close the socket of a session, if it can be found. Tomcat itself leaves it open
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
			logger.debug("The socket could not be closed", ex);
		}
	}

	static @Nullable NetworkChannel channel(WsSession session) {
		return (find(session, CHANNEL) instanceof NetworkChannel channel) ? channel : null;
	}

	/**
	 * Return whether a session keeps what is written in its buffer, to be changed at
	 * will, or {@code null} if it cannot be found. The Jakarta API can change it too, but
	 * not back without a flush, and the one of Tomcat 11.0.27 loses what the socket does
	 * not take at once. A message that is written with this turned off takes along what
	 * is in the buffer, and is written to its end.
	 */
	public static @Nullable AtomicBoolean batching(WsSession session) {
		try {
			return (find(session, BATCHING) instanceof AtomicBoolean batching) ? batching : null;
		}
		catch (Exception ex) {
			logger.debug("Messages are written one by one", ex);
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
