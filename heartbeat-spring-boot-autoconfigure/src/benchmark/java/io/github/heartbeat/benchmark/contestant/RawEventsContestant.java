package io.github.heartbeat.benchmark.contestant;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.ResolvableType;
import org.springframework.core.ResolvableTypeProvider;

/**
 * The underlying client in an application that publishes an event for each message at the
 * lowest cost that Spring allows. It is the baseline for this library where this library also
 * publishes events.
 */
final class RawEventsContestant implements Contestant {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final Contestant raw;

	private RawEventsContestant(Target target, Class<?>... listeners) {
		if (listeners.length > 0) {
			this.context.register(listeners);
		}
		this.context.refresh();
		this.raw = RawContestant.tomcat(target);
	}

	/**
	 * The application has no event listener, so messages are counted before the event is
	 * published.
	 */
	static Contestant unheard(Target target) {
		return new RawEventsContestant(target);
	}

	/**
	 * An {@link EventListener} counts the messages.
	 */
	static Contestant heard(Target target) {
		return new RawEventsContestant(target, EventAudience.class);
	}

	@Override
	public Connection connect(Receiver receiver) throws Exception {
		EventAudience audience = this.context.getBeanProvider(EventAudience.class).getIfAvailable();
		if (audience != null) {
			audience.receiver = receiver;
		}
		return this.raw.connect(new Receiver() {

			@Override
			public void received(CharSequence text) {
				if (audience == null) {
					receiver.received(text);
				}
				RawEventsContestant.this.context.publishEvent(new MessageEvent(receiver, text));
			}

		});
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Listener code as in an application.
	 */
	public static class EventAudience {

		private volatile Receiver receiver;

		/**
		 * A message arrived.
		 */
		@EventListener
		public void onMessage(MessageEvent event) {
			this.receiver.received(event.text);
		}

	}

	/**
	 * A message arrived. The event provides its generic type, as the events of this library do.
	 */
	public static final class MessageEvent extends ApplicationEvent implements ResolvableTypeProvider {

		private static final ResolvableType TYPE = ResolvableType.forClass(MessageEvent.class);

		private final transient CharSequence text;

		MessageEvent(Object source, CharSequence text) {
			super(source);
			this.text = text;
		}

		@Override
		public ResolvableType getResolvableType() {
			return TYPE;
		}

	}

}
