package io.github.heartbeat.demo.dashboard;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

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

	private static final long COME_BACK_MILLIS = 1000;

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
	 * Tell it something that it need not be told again, and how soon to come back should
	 * the line break.
	 */
	void tell(LiveEvent event) {
		tell(SseEmitter.event().reconnectTime(COME_BACK_MILLIS), event);
	}

	/**
	 * Tell it something.
	 * @param id the id to ask for more with
	 * @param event the event
	 */
	void tell(String id, LiveEvent event) {
		tell(SseEmitter.event().id(id), event);
	}

	/**
	 * Called from within clients, so nothing here may wait for the page.
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
			execute(this::send);
		}
	}

	private void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.trace("The application is ending, and the page is told so", ex);
			this.completed = true;
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
			this.emitter.complete();
		}
	}

	/**
	 * Return what is to be sent next. Completes the response where it was asked for
	 * meanwhile.
	 */
	private synchronized SseEmitter.@Nullable SseEventBuilder next() {
		SseEmitter.SseEventBuilder event = this.waiting.poll();
		this.sending = event != null;
		if (event == null && this.completed) {
			this.emitter.complete();
		}
		return event;
	}

	synchronized boolean isCompleted() {
		return this.completed;
	}

	/**
	 * Tell it nothing more. What is being sent is not waited for: the page may never read
	 * it.
	 */
	synchronized void complete() {
		this.completed = true;
		this.waiting.clear();
		if (!this.sending) {
			this.emitter.complete();
		}
	}

}
