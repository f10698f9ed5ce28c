package io.github.heartbeat.internal.tls;

/**
 * The TLS of clients, which the reload of a bundle changes. Equal for clients that can
 * share it.
 */
public interface TlsHolder {

	/**
	 * Return the TLS of the next attempt.
	 */
	Tls current();

}
