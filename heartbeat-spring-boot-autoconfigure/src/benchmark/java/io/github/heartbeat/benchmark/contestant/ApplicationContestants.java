package io.github.heartbeat.benchmark.contestant;

import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.metrics.HeartbeatMetricsAutoConfiguration;
import io.github.heartbeat.benchmark.contestant.HeartbeatContestant.Audience;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;

/**
 * This library as the auto-configuration sets it up in an application, where each hook is
 * published as an event.
 */
final class ApplicationContestants {

	private ApplicationContestants() {
	}

	/**
	 * The application has no event listener. A {@link io.github.heartbeat.HeartbeatListener}
	 * counts the messages instead, and its cost is included.
	 */
	static Contestant unheard(Target target) {
		return new Application(target);
	}

	/**
	 * An {@link EventListener} receives the messages.
	 */
	static Contestant heard(Target target) {
		return new Application(target, EventAudience.class);
	}

	/**
	 * An {@link EventListener} receives the messages, and a Prometheus registry counts them.
	 */
	static Contestant metered(Target target) {
		return new Application(target, EventAudience.class, Registry.class,
				HeartbeatMetricsAutoConfiguration.class);
	}

	/**
	 * An application with one client.
	 */
	private static final class Application implements Contestant {

		private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

		private final Contestant contestant;

		Application(Target target, Class<?>... more) {
			List<Class<?>> classes = new ArrayList<>(List.of(HeartbeatAutoConfiguration.class));
			classes.addAll(List.of(more));
			this.context.register(classes.toArray(Class<?>[]::new));
			this.context.refresh();
			Audience audience = this.context.getBeanProvider(Audience.class).getIfAvailable(() -> Audience.LISTENER);
			this.contestant = new HeartbeatContestant(target, this.context.getBean(HeartbeatClients.class),
					this.context::close, audience);
		}

		@Override
		public Connection connect(Receiver receiver) throws Exception {
			return this.contestant.connect(receiver);
		}

		@Override
		public void close() {
			this.contestant.close();
		}

	}

	/**
	 * Listener code as in an application.
	 */
	public static class EventAudience implements Audience {

		private volatile Receiver receiver;

		private volatile Runnable opened;

		@Override
		public void expect(Receiver receiver, Runnable opened) {
			this.receiver = receiver;
			this.opened = opened;
		}

		/**
		 * The connection is open.
		 */
		@EventListener
		public void onOpen(HeartbeatOpenEvent event) {
			this.opened.run();
		}

		/**
		 * A message arrived.
		 */
		@EventListener
		public void onMessage(HeartbeatMessageEvent event) {
			this.receiver.received((CharSequence) event.getMessage().getPayload());
		}

	}

	private static final class Registry extends PrometheusMeterRegistry {

		Registry() {
			super(PrometheusConfig.DEFAULT);
		}

	}

}
