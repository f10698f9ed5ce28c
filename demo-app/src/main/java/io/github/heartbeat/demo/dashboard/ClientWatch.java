package io.github.heartbeat.demo.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.demo.FaultEvent;
import io.github.heartbeat.demo.HookLine;
import io.github.heartbeat.demo.LoginEvent;
import io.github.heartbeat.event.HeartbeatEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Publishes everything that happens to the clients as live events.
 */
@Component
class ClientWatch implements HeartbeatClientObserverFactory {

	private final LiveEvents events;

	/** The last published receipt time of each client. */
	private final Map<HeartbeatClient, Instant> received = new ConcurrentHashMap<>();

	ClientWatch(LiveEvents events) {
		this.events = events;
	}

	@EventListener
	void onHook(HeartbeatEvent event) {
		this.events.publish("hook", event.getTimestamp(), HookLine.of(event));
	}

	@EventListener
	void onFault(FaultEvent event) {
		this.events.publish("fault", LiveEvent.Fault.of(event));
	}

	@EventListener
	void onLogin(LoginEvent event) {
		this.events.publish("login", new LiveEvent.Sign(event.client()));
	}

	/**
	 * Several updates per second are enough to show silence, however busy a client is.
	 */
	@Scheduled(fixedRate = 200, timeUnit = TimeUnit.MILLISECONDS)
	void tellWhatWasReceived() {
		this.received.forEach((client, before) -> {
			Instant last = client.getSnapshot().lastReceived();
			if (last != null && !last.equals(before) && this.received.replace(client, before, last)) {
				this.events.publish("received", last.toEpochMilli(), new LiveEvent.Sign(client.getName()));
			}
		});
	}

	@Override
	public HeartbeatClientObserver observe(HeartbeatClient client) {
		this.received.put(client, Instant.EPOCH);
		this.events.publish("client", LiveEvent.Client.of(client));
		return new Observer(client, client.getName());
	}

	private final class Observer implements HeartbeatClientObserver {

		private final HeartbeatClient client;

		private final String name;

		Observer(HeartbeatClient client, String name) {
			this.client = client;
			this.name = name;
		}

		@Override
		public void stateChanged(HeartbeatClientState state, @Nullable HeartbeatConnectionException cause) {
			publish("state", new LiveEvent.State(this.name, state, (cause != null) ? cause.getKind() : null));
		}

		@Override
		public void reconnectScheduled(int attempt, Duration wait, HeartbeatConnectionException cause) {
			publish("wait", new LiveEvent.Wait(this.name, attempt, wait.toMillis()));
		}

		@Override
		public void heartbeatWritten() {
			publish("heartbeat", new LiveEvent.Sign(this.name));
		}

		@Override
		public void heartbeatAnswered(Duration roundTrip) {
			publish("answer", LiveEvent.Answer.of(this.name, roundTrip));
		}

		@Override
		public void removed() {
			ClientWatch.this.received.remove(this.client);
			publish("removed", new LiveEvent.Sign(this.name));
		}

		private void publish(String type, Object data) {
			ClientWatch.this.events.publish(type, data);
		}

	}

}
