package io.github.heartbeat.test.internal;

import jakarta.websocket.DeploymentException;

/**
 * The server answers a handshake with another HTTP status than 101.
 */
public final class RefusedHandshakeException extends DeploymentException {

	private final int status;

	public RefusedHandshakeException(int status) {
		super("The handshake was answered with HTTP status " + status);
		this.status = status;
	}

	int getStatus() {
		return this.status;
	}

}
