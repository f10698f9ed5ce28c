package io.github.heartbeat.demo.dashboard;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;

/**
 * Something that pages are told of.
 *
 * @param type what kind of thing, the name of the server-sent event
 * @param at when, in milliseconds since the epoch
 * @param data the rest
 */
record LiveEvent(String type, long at, Object data) {

	/**
	 * A client there is to show.
	 *
	 * @param client the name
	 * @param url the url without secrets
	 * @param group the client tag of its meters
	 * @param pingTimeout in milliseconds
	 * @param pongTimeout in milliseconds
	 */
	record Client(String client, String url, String group, long pingTimeout, long pongTimeout) {

		static Client of(HeartbeatClient client) {
			HeartbeatClientSettings settings = client.getSettings();
			return new Client(client.getName(), settings.getDisplayUrl(), client.getGroup(),
					settings.getPingTimeout().toMillis(), settings.getPongTimeout().toMillis());
		}

	}

	/**
	 * A client got into another state.
	 *
	 * @param client the name
	 * @param state the new state
	 */
	record State(String client, HeartbeatClientState state) {
	}

	/**
	 * A client waits for its next attempt.
	 *
	 * @param client the name
	 * @param attempt the number of the attempt
	 * @param millis how long
	 */
	record Wait(String client, int attempt, long millis) {
	}

	/**
	 * A heartbeat was answered.
	 *
	 * @param client the name
	 * @param roundTrip how long that took, in milliseconds
	 */
	record Answer(String client, double roundTrip) {

		static Answer of(String client, Duration roundTrip) {
			return new Answer(client, roundTrip.toNanos() / 1e6);
		}

	}

	/**
	 * Something without further particulars happened to a client.
	 *
	 * @param client the name
	 */
	record Sign(String client) {
	}

}
