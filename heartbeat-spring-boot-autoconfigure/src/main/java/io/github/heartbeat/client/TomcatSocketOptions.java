package io.github.heartbeat.client;

import java.lang.reflect.Field;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Turns Nagle's algorithm off, which Tomcat leaves on: with it, the second of two small
 * messages waits some 40 ms for the acknowledgement of the first. Tomcat has no access to
 * its socket, so this looks for it in private fields. Where it is not found, in another
 * version or without the right to look, the connection works all the same.
 */
final class TomcatSocketOptions {

	private static final Log logger = LogFactory.getLog(TomcatSocketOptions.class);

	/** Known to {@link EngineRuntimeHints} too. */
	static final String[] PATH = { "wsRemoteEndpoint", "channel", "socketChannel" };

	private TomcatSocketOptions() {
	}

	/**
	 * Set TCP_NODELAY on the socket of a session, if it can be found.
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

	static @Nullable NetworkChannel channel(WsSession session) {
		Object target = session;
		for (String name : PATH) {
			Field field = ReflectionUtils.findField(target.getClass(), name);
			if (field == null) {
				return null;
			}
			ReflectionUtils.makeAccessible(field);
			target = ReflectionUtils.getField(field, target);
			if (target == null) {
				return null;
			}
		}
		return (target instanceof NetworkChannel channel) ? channel : null;
	}

}
