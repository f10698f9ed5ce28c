package io.github.heartbeat.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import javax.net.ssl.SSLException;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Turns what containers throw, which quotes urls and headers, into exceptions of ours,
 * which do not.
 */
final class ConnectFailures {

	private ConnectFailures() {
	}

	static HeartbeatConnectionException translate(Throwable failure, URI url, ContainerSupport container) {
		String server = url.getHost() + ((url.getPort() != -1) ? ":" + url.getPort() : "");
		Integer proxyStatus = first(failure, container::proxyStatus);
		if (proxyStatus != null) {
			return new HeartbeatConnectionException(Kind.CONNECT,
					"A proxy refused to connect to " + server + " with HTTP status " + proxyStatus);
		}
		Integer status = first(failure, container::httpStatus);
		if (status != null) {
			return new HeartbeatConnectionException(Kind.HANDSHAKE_REFUSED,
					server + " refused the handshake with HTTP status " + status, status);
		}
		for (Throwable cause = failure; cause != null; cause = next(cause)) {
			HeartbeatConnectionException translated = translate(cause, server);
			if (translated != null) {
				return translated;
			}
		}
		return new HeartbeatConnectionException(Kind.HANDSHAKE_FAILED,
				"The handshake with " + server + " failed (" + root(failure).getClass().getSimpleName() + ")");
	}

	private static @Nullable HeartbeatConnectionException translate(Throwable cause, String server) {
		if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
			return new HeartbeatConnectionException(Kind.NAME_RESOLUTION, "The name of " + server + " is unknown");
		}
		if (cause instanceof SSLException) {
			return new HeartbeatConnectionException(Kind.TLS,
					"The TLS handshake with " + server + " failed: " + root(cause).getMessage());
		}
		if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
			return new HeartbeatConnectionException(Kind.CONNECT, server + " refused the connection or is unreachable");
		}
		if (cause instanceof SocketException || cause instanceof EOFException || isReset(cause)) {
			return new HeartbeatConnectionException(Kind.CONNECT, server + " dropped the connection in the handshake");
		}
		if (cause instanceof TimeoutException) {
			return new HeartbeatConnectionException(Kind.CONNECT_TIMEOUT, server + " took too long to answer");
		}
		return null;
	}

	private static @Nullable Integer first(Throwable failure, Function<Throwable, @Nullable Integer> status) {
		for (Throwable cause = failure; cause != null; cause = next(cause)) {
			Integer found = status.apply(cause);
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	/**
	 * A channel reports a reset as an exception of no special type.
	 */
	private static boolean isReset(Throwable cause) {
		return cause.getClass() == IOException.class && cause.getCause() == null;
	}

	private static Throwable root(Throwable failure) {
		Throwable root = failure;
		for (Throwable cause = failure; cause != null; cause = next(cause)) {
			root = cause;
		}
		return root;
	}

	private static @Nullable Throwable next(Throwable failure) {
		return (failure.getCause() != failure) ? failure.getCause() : null;
	}

}
