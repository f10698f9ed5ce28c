package io.github.heartbeat.internal.tls;

/**
 * The current TLS configuration of one or more clients; reloading a bundle changes it.
 * Holders are equal if their clients can share a TLS configuration.
 */
public interface TlsHolder {

	/**
	 * Return the TLS configuration for the next attempt.
	 */
	Tls current();

}
