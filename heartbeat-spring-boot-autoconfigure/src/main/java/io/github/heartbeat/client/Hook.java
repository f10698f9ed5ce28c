package io.github.heartbeat.client;

/**
 * One hook on its way to the listeners.
 *
 * @param type what it is
 * @param attempt the number of the attempt it belongs to
 * @param delivery calls the listeners
 */
record Hook(Type type, long attempt, Runnable delivery) {

	enum Type {

		OPEN, MESSAGE, ERROR, CLOSE, RECONNECT, EXHAUSTED

	}

}
