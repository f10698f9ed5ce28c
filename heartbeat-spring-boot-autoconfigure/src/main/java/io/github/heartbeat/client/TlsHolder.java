package io.github.heartbeat.client;

/**
 * The TLS of clients, which the reload of a bundle changes. Equal for clients that can
 * share it.
 */
interface TlsHolder {

	/**
	 * Return the TLS of the next attempt.
	 */
	Tls current();

}
