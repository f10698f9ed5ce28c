package io.github.heartbeat.demo.dashboard;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSnapshot;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.demo.HookLine;
import io.github.heartbeat.demo.Readable;
import io.github.heartbeat.demo.replica.ReplicaProcess;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Endpoints that the page needs in addition to Actuator: a stream of live events and a
 * way to send messages.
 */
@RestController
class DashboardController {

	private final HeartbeatClients clients;

	private final LiveEvents events;

	/**
	 * One thread for each page that is written to: a write blocks if the page does not
	 * read.
	 */
	private final Executor executor = new SimpleAsyncTaskExecutor("events-");

	private final ObjectProvider<ReplicaProcess> replica;

	DashboardController(HeartbeatClients clients, LiveEvents events, ObjectProvider<ReplicaProcess> replica) {
		this.clients = clients;
		this.events = events;
		this.replica = replica;
	}

	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	ResponseEntity<SseEmitter> events(
			@RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
		Subscriber subscriber = new Subscriber(this.executor);
		subscriber.emitter().onCompletion(() -> this.events.unsubscribe(subscriber));
		subscriber.tell(new LiveEvent("hello", Instant.now().toEpochMilli(), hello()));
		this.events.subscribe(subscriber, lastEventId);
		this.clients.getAll().values().forEach((client) -> subscriber.tell(now(client)));
		return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(subscriber.emitter());
	}

	/**
	 * The page may have missed more events than the history keeps.
	 */
	private static LiveEvent now(HeartbeatClient client) {
		HeartbeatClientSnapshot snapshot = client.getSnapshot();
		return new LiveEvent("now", snapshot.since().toEpochMilli(),
				new LiveEvent.State(client.getName(), snapshot.state(), null));
	}

	private Hello hello() {
		return new Hello(this.events.run(), this.clients.getAll().values().stream().map(LiveEvent.Client::of).toList(),
				Replica.of(this.replica.getIfAvailable()));
	}

	@PostMapping(path = "/clients/{name}/messages", consumes = MediaType.TEXT_PLAIN_VALUE,
			produces = MediaType.TEXT_PLAIN_VALUE)
	CompletableFuture<ResponseEntity<String>> send(@PathVariable String name, @RequestBody String text) {
		HeartbeatClient client = this.clients.get(name);
		if (client == null) {
			return CompletableFuture.completedFuture(ResponseEntity.notFound().build());
		}
		return client.send(text).handle((nothing, failure) -> {
			if (failure == null) {
				this.events.publish("hook", new HookLine(name, "SENT", Readable.line(text)));
			}
			return answer(failure);
		});
	}

	private static ResponseEntity<String> answer(@Nullable Throwable failure) {
		if (failure == null) {
			return ResponseEntity.ok("sent");
		}
		String reason = (failure instanceof HeartbeatSendException ex)
				? ex.getReason().name().toLowerCase(Locale.ROOT).replace('_', ' ')
				: String.valueOf(failure.getMessage());
		return ResponseEntity.status(HttpStatus.CONFLICT).body("not sent: " + reason);
	}

	/**
	 * The first event of each stream.
	 *
	 * @param run the ID of this run; a changed value means that the application was
	 * restarted
	 * @param clients the registered clients
	 * @param replica this replica, or {@code null} if the application is not a replica
	 */
	record Hello(String run, List<LiveEvent.Client> clients, @Nullable Replica replica) {
	}

	/**
	 * The replica that the page shows.
	 *
	 * @param pid the ID of its process
	 * @param notFreezable why it cannot be frozen, or {@code null} if it can
	 */
	record Replica(long pid, @Nullable String notFreezable) {

		static @Nullable Replica of(@Nullable ReplicaProcess process) {
			return (process != null) ? new Replica(process.pid(), process.whyNotFreezable()) : null;
		}

	}

}
