package io.github.heartbeat.demo;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Predicts the effect of a fault on the clients that use the demo server.
 */
@Component
public class FaultForecast {

	private static final Set<String> LOOPBACK_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");

	private final HeartbeatClients clients;

	private final int port;

	private final Duration slowAnswer;

	private final boolean login;

	private final Duration loginTime;

	FaultForecast(HeartbeatClients clients, @Value("${server.port}") int port,
			@Value("${demo.slow-answer}") Duration slowAnswer, @Value("${demo.login}") boolean login,
			@Value("${demo.login-time}") Duration loginTime) {
		this.clients = clients;
		this.port = port;
		this.slowAnswer = slowAnswer;
		this.login = login;
		this.loginTime = loginTime;
	}

	/**
	 * Predict the effect of a fault.
	 * @param fault the fault
	 * @param duration the duration, if the fault is timed
	 * @param before the state of the server before the fault
	 * @return the forecast
	 */
	Forecast of(Fault fault, Duration duration, Faults.State before) {
		boolean connectedOnly = fault == Fault.DROP || fault == Fault.FREEZE;
		List<HeartbeatClient> affected = this.clients.getAll()
			.values()
			.stream()
			.filter((client) -> connectedOnly ? client.isOpen() : isStarted(client))
			.filter(this::usesThisServer)
			.toList();
		if (affected.isEmpty()) {
			return new Forecast("No client is connected to this server.", null, null, List.of());
		}
		return new Prediction(affected, before).of(fault, duration);
	}

	private static boolean isStarted(HeartbeatClient client) {
		return Set.of(HeartbeatClientState.CONNECTING, HeartbeatClientState.OPEN, HeartbeatClientState.WAITING)
			.contains(client.getState());
	}

	private boolean usesThisServer(HeartbeatClient client) {
		URI url = client.getSettings().getUrl();
		return url.getPort() == this.port && LOOPBACK_NAMES.contains(url.getHost());
	}

	private static Duration longestWait(HeartbeatClientSettings settings) {
		Duration wait = (settings.getReconnectMultiplier() > 1) ? settings.getReconnectMaxTimeout()
				: settings.getReconnectTimeout();
		return Duration.ofMillis((long) (wait.toMillis() * (1 + settings.getReconnectJitter())));
	}

	/**
	 * Predicts the effect on some clients.
	 */
	private final class Prediction {

		private final List<HeartbeatClient> affected;

		private final Faults.State before;

		/** How long until a client notices that nothing is received. */
		private final Duration silence;

		Prediction(List<HeartbeatClient> affected, Faults.State before) {
			this.affected = affected;
			this.before = before;
			this.silence = longest((settings) -> settings.getPingTimeout().plus(settings.getPongTimeout()));
		}

		Forecast of(Fault fault, Duration duration) {
			Faults.State after = fault.isTimed() ? new Faults.State(fault, Instant.now().plus(duration), null)
					: this.before;
			return switch (fault) {
				case DROP, REFUSE -> reconnect(Duration.ZERO, after);
				case FREEZE, SILENT -> reconnect(this.silence, after);
				case SLOW -> (isInTime() && !isFreezeUnnoticed()) ? slow(duration) : reconnect(this.silence, after);
				case NORMAL -> normal();
			};
		}

		private Forecast reconnect(Duration noticed, Faults.State server) {
			Duration latest = Collections.max(List.of(noticed, server.left())).plus(recovery(server.fault()));
			if (this.affected.stream().noneMatch(HeartbeatClient::isOpen)) {
				return open(latest);
			}
			String notices = subject() + (isOne() ? " notices " : " notice ")
					+ (noticed.isZero() ? "at once" : "within " + Readable.seconds(noticed)) + " and "
					+ (isOne() ? "is" : "are") + " back ";
			if (server.fault() == Fault.NORMAL || (server.fault() == Fault.SLOW && isInTime())) {
				Duration usual = longest(HeartbeatClientSettings::getReconnectTimeout).plus(login());
				return forecast(notices + "about " + Readable.seconds(usual) + " later", noticed,
						noticed.plus(recovery(server.fault())));
			}
			return forecast(notices + "within " + Readable.seconds(latest), noticed, latest);
		}

		private Forecast slow(Duration duration) {
			return forecast("answers take " + Readable.seconds(FaultForecast.this.slowAnswer) + " for "
					+ Readable.seconds(duration) + ", and " + subject() + (isOne() ? " stays" : " stay") + " open",
					null, null);
		}

		private Forecast normal() {
			if (this.before.fault() == Fault.NORMAL && this.affected.stream().allMatch(HeartbeatClient::isOpen)) {
				return forecast("the server works normally, and nothing changes", null, null);
			}
			return open(recovery(this.before.fault()));
		}

		private Forecast open(Duration latest) {
			return forecast(subject() + (isOne() ? " is" : " are") + " open within " + Readable.seconds(latest), null,
					latest);
		}

		/**
		 * Return the longest time until a client is open again when a fault has ended. An
		 * attempt of a client that logs in can wait for a silent server.
		 */
		private Duration recovery(Fault fault) {
			Duration wait = longest(FaultForecast::longestWait).plus(login());
			return (fault == Fault.SILENT) ? wait.plus(longest(HeartbeatClientSettings::getConnectTimeout)) : wait;
		}

		private Duration login() {
			return (FaultForecast.this.login
					&& this.affected.stream().anyMatch((client) -> client.getName().equals("feed")))
							? FaultForecast.this.loginTime : Duration.ZERO;
		}

		private boolean isInTime() {
			return this.affected.stream()
				.allMatch(
						(client) -> FaultForecast.this.slowAnswer.compareTo(client.getSettings().getPongTimeout()) < 0);
		}

		private boolean isFreezeUnnoticed() {
			Instant frozen = this.before.frozen();
			return frozen != null && Instant.now().isBefore(frozen.plus(this.silence));
		}

		private Duration longest(Function<HeartbeatClientSettings, Duration> time) {
			return this.affected.stream()
				.map((client) -> time.apply(client.getSettings()))
				.max(Comparator.naturalOrder())
				.orElseThrow();
		}

		private boolean isOne() {
			return this.affected.size() == 1;
		}

		private String subject() {
			if (!isOne() && this.affected.size() == FaultForecast.this.clients.getAll().size()) {
				return "the clients";
			}
			return names().collect(Collectors.joining(" and "));
		}

		private Stream<String> names() {
			return this.affected.stream().map(HeartbeatClient::getName);
		}

		private Forecast forecast(String text, @Nullable Duration noticed, @Nullable Duration back) {
			return new Forecast("Watch: " + text + ".", millis(noticed), millis(back), names().toList());
		}

		private static @Nullable Long millis(@Nullable Duration duration) {
			return (duration != null) ? duration.toMillis() : null;
		}

	}

	/**
	 * The expected effect of a fault.
	 *
	 * @param text one sentence for a person
	 * @param noticed the longest time in milliseconds until the clients notice, or
	 * {@code null} if they stay open
	 * @param back the longest time in milliseconds until they are open again, or
	 * {@code null} if they stay open
	 * @param clients the names of the clients that are affected
	 */
	public record Forecast(String text, @Nullable Long noticed, @Nullable Long back, List<String> clients) {

	}

}
