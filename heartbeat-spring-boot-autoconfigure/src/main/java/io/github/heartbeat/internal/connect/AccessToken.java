package io.github.heartbeat.internal.connect;

import java.time.Instant;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * An access token for the handshake.
 *
 * @param value the token, a secret
 * @param expiresAt when it expires, or {@code null} if that is unknown
 * @param fresh whether it was fetched for this attempt, and not taken from the store
 */
public record AccessToken(String value, @Nullable Instant expiresAt, boolean fresh) {

	/**
	 * Whether the server refused the credentials of a handshake: status 401 or 403.
	 */
	public static boolean isRefused(HeartbeatConnectionException failure) {
		Integer status = failure.getStatus();
		return failure.getKind() == Kind.HANDSHAKE_REFUSED && status != null && (status == 401 || status == 403);
	}

	@Override
	public String toString() {
		return "AccessToken[expiresAt=" + this.expiresAt + ", fresh=" + this.fresh + "]";
	}

}
