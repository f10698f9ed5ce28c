package io.github.heartbeat.demo.dashboard;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArraySet;

import org.jspecify.annotations.Nullable;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Keeps the numbered recent events and sends new events to the subscribers.
 */
@Component
class LiveEvents {

	private static final int REMEMBERED = 1000;

	/**
	 * Identifies this run of the application. Event numbers of other runs are not valid
	 * here.
	 */
	private final String run = UUID.randomUUID().toString();

	private final Deque<Numbered> last = new ArrayDeque<>();

	private final Set<Subscriber> subscribers = new CopyOnWriteArraySet<>();

	private long number;

	private boolean closed;

	void publish(String type, Object data) {
		publish(type, Instant.now().toEpochMilli(), data);
	}

	/**
	 * Publish an event to all subscribers. Returns immediately, so a client can call it
	 * from its own threads.
	 */
	synchronized void publish(String type, long at, Object data) {
		Numbered event = new Numbered(this.number++, new LiveEvent(type, at, data));
		if (this.last.size() == REMEMBERED) {
			this.last.removeFirst();
		}
		this.last.add(event);
		this.subscribers.forEach((subscriber) -> tell(subscriber, event));
	}

	/**
	 * Send a subscriber the events that it missed, then all new events.
	 * @param subscriber the subscriber
	 * @param lastId the ID of the last event that it received, or {@code null} if there
	 * is none
	 */
	synchronized void subscribe(Subscriber subscriber, @Nullable String lastId) {
		if (this.closed) {
			subscriber.complete();
			return;
		}
		long known = number(lastId);
		this.last.stream().filter((event) -> event.number() > known).forEach((event) -> tell(subscriber, event));
		this.subscribers.add(subscriber);
	}

	/**
	 * Return the number in an ID, or -1 if the ID does not belong to this run.
	 */
	private long number(@Nullable String id) {
		if (id == null || !id.startsWith(this.run + "/")) {
			return -1;
		}
		try {
			return Long.parseLong(id.substring(this.run.length() + 1));
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

	private void tell(Subscriber subscriber, Numbered event) {
		subscriber.tell(this.run + "/" + event.number(), event.event());
	}

	void unsubscribe(Subscriber subscriber) {
		this.subscribers.remove(subscriber);
	}

	String run() {
		return this.run;
	}

	/**
	 * Without this, the graceful shutdown of the web server would wait for the open
	 * responses.
	 */
	@EventListener(ContextClosedEvent.class)
	void close() {
		synchronized (this) {
			this.closed = true;
		}
		this.subscribers.forEach(Subscriber::complete);
	}

	private record Numbered(long number, LiveEvent event) {
	}

}
