package io.github.heartbeat.benchmark.contestant;

import java.util.Set;

import io.github.heartbeat.HeartbeatContainer;

/**
 * All contestants.
 */
public enum Kind {

	/** The baseline. */
	RAW("raw on Tomcat", RawContestant::tomcat),

	/** The baseline with a larger limit. */
	RAW_MEGABYTE("raw on Tomcat, limit 1 MB", RawContestant::tomcatForMegabytes),

	/** The baseline in an application that publishes an event for each message. */
	RAW_UNHEARD("raw on Tomcat, events of its own and nobody listening", RawEventsContestant::unheard),

	/** The same with a listener. */
	RAW_HEARD("raw on Tomcat, events of its own and one @EventListener", RawEventsContestant::heard),

	/** The layer below on the other container. */
	RAW_JETTY("raw on Jetty", RawContestant::jetty),

	/** The baseline with a loop around it. */
	NAIVE_RETRY("raw on Tomcat, naive retry loop", NaiveRetryContestant::new),

	/** The engine alone. */
	OURS("ours on Tomcat", (target) -> HeartbeatContestant.engine(target, HeartbeatContainer.TOMCAT, false)),

	/** The engine alone with virtual threads, which needs JDK 21. */
	OURS_VIRTUAL("ours on Tomcat, virtual threads",
			(target) -> HeartbeatContestant.engine(target, HeartbeatContainer.TOMCAT, true)),

	/** The engine alone on the other container. */
	OURS_JETTY("ours on Jetty", (target) -> HeartbeatContestant.engine(target, HeartbeatContainer.JETTY, false)),

	/** In an application that listens to no event. */
	OURS_UNHEARD("ours, events and nobody listening", ApplicationContestants::unheard),

	/** In an application that listens. */
	OURS_HEARD("ours, one @EventListener", ApplicationContestants::heard),

	/** In an application that listens and has meters. */
	OURS_METERED("ours, one @EventListener and meters", ApplicationContestants::metered),

	/** A peer. */
	OKHTTP("OkHttp", OkHttpContestant::new),

	/** A peer. */
	JAVA_WEBSOCKET("Java-WebSocket", JavaWebSocketContestant::new),

	/** A peer. */
	NV("nv-websocket-client", NvContestant::new),

	/** A peer. */
	JDK("JDK HttpClient", JdkContestant::new);

	/**
	 * Those that no bound is about, where all of them take part.
	 */
	public static final Set<Kind> UNBOUNDED = Set.of(RAW_UNHEARD, RAW_HEARD, OURS_METERED, RAW_JETTY,
			OURS_JETTY, OKHTTP, JAVA_WEBSOCKET, NV, JDK);

	private final String label;

	private final Factory factory;

	Kind(String label, Factory factory) {
		this.label = label;
		this.factory = factory;
	}

	/**
	 * Return what the table calls it.
	 */
	public String label() {
		return this.label;
	}

	Contestant create(Target target) throws Exception {
		return this.factory.create(target);
	}

	@FunctionalInterface
	private interface Factory {

		Contestant create(Target target) throws Exception;

	}

}
