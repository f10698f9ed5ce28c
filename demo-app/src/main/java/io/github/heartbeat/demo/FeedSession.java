package io.github.heartbeat.demo;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the server of the feed knows about a connection.
 */
final class FeedSession {

	private static final String KEY = FeedSession.class.getName();

	private final Set<String> symbols = ConcurrentHashMap.newKeySet();

	private volatile Login login = Login.MISSING;

	static FeedSession of(DemoConnection connection) {
		return (FeedSession) connection.getAttributes().computeIfAbsent(KEY, (key) -> new FeedSession());
	}

	/**
	 * Return the subscribed symbols.
	 * @return the mutable symbols
	 */
	Set<String> symbols() {
		return this.symbols;
	}

	Login login() {
		return this.login;
	}

	void setLogin(Login login) {
		this.login = login;
	}

	/**
	 * Progress of the login.
	 */
	enum Login {

		/**
		 * No login was received.
		 */
		MISSING,

		/**
		 * The login is not answered yet.
		 */
		PENDING,

		/**
		 * The login was answered.
		 */
		DONE

	}

}
