package io.github.heartbeat.benchmark.row;

import io.github.heartbeat.benchmark.contestant.Kind;

/**
 * A contestant with a number of connections.
 * @param kind the contestant
 * @param connections the number of connections
 */
record Load(Kind kind, int connections) {

	String label() {
		return this.kind.label() + ", " + String.format("%,d", this.connections);
	}

	@Override
	public String toString() {
		return this.kind + " with " + this.connections;
	}

}
