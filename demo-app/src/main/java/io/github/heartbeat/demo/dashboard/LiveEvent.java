package io.github.heartbeat.demo.dashboard;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.demo.FaultEvent;
import io.github.heartbeat.demo.FaultForecast;
import org.jspecify.annotations.Nullable;

/**
 * An event that is sent to the pages.
 *
 * @param type the kind of event, used as the name of the server-sent event
 * @param at the time in milliseconds since the epoch
 * @param data the payload
 */
record LiveEvent(String type, long at, Object data) {

	/**
	 * A client to show.
	 *
	 * @param client the name
	 * @param url the URL without secrets
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
	 * The state of a client changed.
	 *
	 * @param client the name
	 * @param state the new state
	 * @param cause why the state changed, if it is known
	 */
	record State(String client, HeartbeatClientState state, HeartbeatConnectionException.@Nullable Kind cause) {
	}

	/**
	 * The server began or ended a fault.
	 *
	 * @param name the name of the fault
	 * @param text a description of the change
	 * @param forecast the expected effect, or {@code null} if the time of a fault is up
	 */
	record Fault(String name, String text, FaultForecast.@Nullable Forecast forecast) {

		static Fault of(FaultEvent event) {
			return new Fault(event.fault().toString(), event.text(), event.forecast());
		}

	}

	/**
	 * A client waits for its next attempt.
	 *
	 * @param client the name
	 * @param attempt the number of the attempt
	 * @param millis the length of the wait in milliseconds
	 */
	record Wait(String client, int attempt, long millis) {
	}

	/**
	 * A heartbeat was answered.
	 *
	 * @param client the name
	 * @param roundTrip the round-trip time in milliseconds
	 */
	record Answer(String client, double roundTrip) {

		static Answer of(String client, Duration roundTrip) {
			return new Answer(client, roundTrip.toNanos() / 1e6);
		}

	}

	/**
	 * An event of a client that has no further data.
	 *
	 * @param client the name
	 */
	record Sign(String client) {
	}

}
