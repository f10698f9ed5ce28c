package io.github.heartbeat.demo.dashboard;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * A page that receives live events. A slow page delays no other page. A page that lags
 * too far is disconnected; it reconnects and requests the events that it missed.
 */
class Subscriber {

	private static final Log logger = LogFactory.getLog(Subscriber.class);

	private static final int MAX_BEHIND = 2000;

	private static final long NEVER = 0;

	private static final long COME_BACK_MILLIS = 1000;

	private final SseEmitter emitter = new SseEmitter(NEVER);

	private final Executor executor;

	private final Queue<SseEmitter.SseEventBuilder> waiting = new ArrayDeque<>();

	private boolean sending;

	private boolean completed;

	/**
	 * Create a subscriber.
	 * @param executor runs one task at a time, which may block on the page
	 */
	Subscriber(Executor executor) {
		this.executor = executor;
	}

	SseEmitter emitter() {
		return this.emitter;
	}

	/**
	 * Send an event without ID, which is not repeated after a reconnect, and the
	 * reconnect delay.
	 */
	void tell(LiveEvent event) {
		tell(SseEmitter.event().reconnectTime(COME_BACK_MILLIS), event);
	}

	/**
	 * Send an event.
	 * @param id the ID from which the page can resume
	 * @param event the event
	 */
	void tell(String id, LiveEvent event) {
		tell(SseEmitter.event().id(id), event);
	}

	/**
	 * Clients call this from their own threads, so it must not block on the page.
	 */
	private synchronized void tell(SseEmitter.SseEventBuilder builder, LiveEvent event) {
		if (this.completed) {
			return;
		}
		if (this.waiting.size() == MAX_BEHIND) {
			complete();
			return;
		}
		this.waiting.add(builder.name(event.type()).data(event, MediaType.APPLICATION_JSON));
		if (!this.sending) {
			this.sending = true;
			this.executor.execute(this::send);
		}
	}

	private void send() {
		try {
			for (SseEmitter.SseEventBuilder event = next(); event != null; event = next()) {
				this.emitter.send(event);
			}
		}
		catch (IOException | IllegalStateException ex) {
			logger.trace("The page has gone", ex);
			synchronized (this) {
				this.completed = true;
				this.waiting.clear();
				this.sending = false;
			}
			completeResponse();
		}
	}

	/**
	 * Return the next event to send. Completes the response if {@link #complete()} was
	 * called in the meantime.
	 */
	private synchronized SseEmitter.@Nullable SseEventBuilder next() {
		SseEmitter.SseEventBuilder event = this.waiting.poll();
		this.sending = event != null;
		if (event == null && this.completed) {
			completeResponse();
		}
		return event;
	}

	synchronized boolean isCompleted() {
		return this.completed;
	}

	/**
	 * Stop sending events. Does not wait for a write in progress, because the page may
	 * never read it.
	 */
	synchronized void complete() {
		this.completed = true;
		this.waiting.clear();
		if (!this.sending) {
			completeResponse();
		}
	}

	/**
	 * The container completes the response itself if it notices first that the page has
	 * gone.
	 */
	private void completeResponse() {
		try {
			this.emitter.complete();
		}
		catch (IllegalStateException ex) {
			logger.trace("The response was complete already", ex);
		}
	}

}
