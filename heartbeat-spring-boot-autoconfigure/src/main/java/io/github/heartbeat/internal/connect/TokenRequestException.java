package io.github.heartbeat.internal.connect;

import org.jspecify.annotations.Nullable;

/**
 * No access token can be obtained.
 */
public final class TokenRequestException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final @Nullable Integer status;

	/**
	 * Create an exception.
	 * @param message the reason, without secrets and without the answer of the server
	 * @param status the HTTP status of the token endpoint, or {@code null} if there was
	 * no answer
	 */
	public TokenRequestException(String message, @Nullable Integer status, Throwable cause) {
		super(message, cause);
		this.status = status;
	}

	/**
	 * Return the HTTP status of the token endpoint, or {@code null}.
	 */
	@Nullable Integer status() {
		return this.status;
	}

}
