package io.github.heartbeat.internal.connect;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

import javax.net.ssl.SSLException;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.runtime.EngineLog;
import org.jspecify.annotations.Nullable;

/**
 * Translates the exceptions of containers, whose messages contain urls and headers, into
 * exceptions without secrets.
 */
final class ConnectFailures {

	private static final EngineLog logger = EngineLog.of(ConnectFailures.class);

	private static final BooleanSupplier CAN_OPEN_SOCKET = ConnectFailures::canOpenSocket;

	private ConnectFailures() {
	}

	static HeartbeatConnectionException translate(Throwable failure, URI url, ContainerSupport container) {
		return translate(failure, url, container, CAN_OPEN_SOCKET);
	}

	static HeartbeatConnectionException translate(Throwable failure, URI url, ContainerSupport container,
			BooleanSupplier canOpenSocket) {
		String server = server(url);
		List<Throwable> causes = causes(failure);
		HeartbeatConnectionException refused = refused(causes, server, container);
		if (refused != null) {
			return refused;
		}
		HeartbeatConnectionException translated = translated(causes, server, container);
		boolean ambiguous = translated == null || translated.getKind() == Kind.NAME_RESOLUTION;
		if (ambiguous && !canOpenSocket.getAsBoolean()) {
			return descriptorShortage(server);
		}
		return (translated != null) ? translated : new HeartbeatConnectionException(Kind.HANDSHAKE_FAILED,
				"The handshake with " + server + " failed (" + root(causes).getClass().getName() + ")");
	}

	/**
	 * Return the host of a url and, if the url has one, the port.
	 */
	static String server(URI url) {
		return url.getHost() + ((url.getPort() != -1) ? ":" + url.getPort() : "");
	}

	private static @Nullable HeartbeatConnectionException refused(List<Throwable> causes, String server,
			ContainerSupport container) {
		for (Throwable cause : causes) {
			Integer status = container.proxyStatus(cause);
			if (status != null) {
				return new HeartbeatConnectionException(Kind.CONNECT,
						"A proxy refused to connect to " + server + " with HTTP status " + status);
			}
		}
		for (Throwable cause : causes) {
			Integer status = container.httpStatus(cause);
			if (status != null) {
				return new HeartbeatConnectionException(Kind.HANDSHAKE_REFUSED,
						server + " refused the handshake with HTTP status " + status, status);
			}
		}
		for (Throwable cause : causes) {
			if (isDescriptorShortage(cause)) {
				return descriptorShortage(server);
			}
		}
		return null;
	}

	private static @Nullable HeartbeatConnectionException translated(List<Throwable> causes, String server,
			ContainerSupport container) {
		for (Throwable cause : causes) {
			HeartbeatConnectionException translated = translate(cause, server, container);
			if (translated != null) {
				return translated;
			}
		}
		return null;
	}

	private static @Nullable HeartbeatConnectionException translate(Throwable cause, String server,
			ContainerSupport container) {
		if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
			return new HeartbeatConnectionException(Kind.NAME_RESOLUTION, "The name of " + server + " is unknown");
		}
		if (cause instanceof SSLException) {
			return new HeartbeatConnectionException(Kind.TLS,
					"The TLS handshake with " + server + " failed: " + root(causes(cause)).getMessage());
		}
		if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
			return new HeartbeatConnectionException(Kind.CONNECT, server + " refused the connection or is unreachable");
		}
		if (cause instanceof SocketException || cause instanceof EOFException || cause instanceof ClosedChannelException
				|| isReset(cause) || container.isDropped(cause)) {
			return new HeartbeatConnectionException(Kind.CONNECT, server + " dropped the connection in the handshake");
		}
		if (cause instanceof TimeoutException) {
			return new HeartbeatConnectionException(Kind.CONNECT_TIMEOUT, server + " took too long to answer");
		}
		return null;
	}

	/**
	 * A channel reports a reset as a plain {@link IOException}.
	 */
	private static boolean isReset(Throwable cause) {
		return cause.getClass() == IOException.class && cause.getCause() == null;
	}

	/**
	 * The message of EMFILE and ENFILE, for which Java has no exception type.
	 */
	private static boolean isDescriptorShortage(Throwable cause) {
		return cause.getMessage() != null && cause.getMessage().contains("Too many open files");
	}

	private static HeartbeatConnectionException descriptorShortage(String server) {
		return new HeartbeatConnectionException(Kind.CONNECT,
				"There are too many open files in this process to connect to " + server);
	}

	/**
	 * Whether the process has a free file descriptor. Without one a name lookup fails as
	 * if the name were unknown, and containers fail without a cause.
	 */
	private static boolean canOpenSocket() {
		try (SocketChannel socket = SocketChannel.open()) {
			return socket.isOpen();
		}
		catch (IOException ex) {
			logger.debug("No socket can be opened", ex);
			return false;
		}
	}

	/**
	 * Return a failure and its causes. Exceptions can be causes of each other.
	 */
	private static List<Throwable> causes(Throwable failure) {
		Set<Throwable> causes = Collections.newSetFromMap(new IdentityHashMap<>());
		List<Throwable> ordered = new ArrayList<>();
		for (Throwable cause = failure; cause != null && causes.add(cause); cause = cause.getCause()) {
			ordered.add(cause);
		}
		return ordered;
	}

	/**
	 * Return the class of the root cause in parentheses, or an empty text if the failure
	 * has no cause. Messages are left out: those of users may contain secrets.
	 */
	static String rootCause(Throwable failure) {
		Throwable root = root(causes(failure));
		return (root != failure) ? " (root cause " + root.getClass().getName() + ")" : "";
	}

	private static Throwable root(List<Throwable> causes) {
		return causes.get(causes.size() - 1);
	}

}
