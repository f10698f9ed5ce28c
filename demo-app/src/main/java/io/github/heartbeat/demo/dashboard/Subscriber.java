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
 * A page that is told what happens. A slow one waits for nobody but itself, and one that
 * is far behind is cut off: it comes back and asks for what it has missed.
 */
class Subscriber {

	private static final Log logger = LogFactory.getLog(Subscriber.class);

	private static final int MAX_BEHIND = 2000;

	private static final long NEVER = 0;

	private final SseEmitter emitter = new SseEmitter(NEVER);

	private final Executor executor;

	private final Queue<SseEmitter.SseEventBuilder> waiting = new ArrayDeque<>();

	private boolean sending;

	private boolean completed;

	Subscriber(Executor executor) {
		this.executor = executor;
	}

	SseEmitter emitter() {
		return this.emitter;
	}

	/**
	 * Tell it something that it need not be told again.
	 */
	void tell(LiveEvent event) {
		tell(SseEmitter.event(), event);
	}

	/**
	 * Tell it something.
	 * @param id the id to ask for more with
	 * @param event the event
	 */
	void tell(String id, LiveEvent event) {
		tell(SseEmitter.event().id(id), event);
	}

	private synchronized void tell(SseEmitter.SseEventBuilder builder, LiveEvent event) {
		if (this.waiting.size() == MAX_BEHIND) {
			complete();
		}
		if (this.completed) {
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
			complete();
		}
	}

	private synchronized SseEmitter.@Nullable SseEventBuilder next() {
		SseEmitter.SseEventBuilder event = this.waiting.poll();
		this.sending = event != null;
		return event;
	}

	synchronized boolean isCompleted() {
		return this.completed;
	}

	synchronized void complete() {
		this.completed = true;
		this.waiting.clear();
		this.emitter.complete();
	}

}
