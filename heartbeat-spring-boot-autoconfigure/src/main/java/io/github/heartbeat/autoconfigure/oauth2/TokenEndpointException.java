package io.github.heartbeat.autoconfigure.oauth2;

import org.springframework.web.client.RestClientException;

/**
 * The token endpoint answered with an error. Its answer is not read.
 */
final class TokenEndpointException extends RestClientException {

	private static final long serialVersionUID = 1L;

	private final int status;

	TokenEndpointException(int status) {
		super("The token endpoint answered with HTTP status " + status);
		this.status = status;
	}

	int status() {
		return this.status;
	}

}
