package io.github.heartbeat.benchmark.contestant;

import java.util.Set;

import io.github.heartbeat.HeartbeatContainer;

/**
 * All contestants.
 */
public enum Kind {

	/** The baseline. */
	RAW("raw on Tomcat", RawContestant::tomcat),

	/** The baseline with a larger message limit. */
	RAW_MEGABYTE("raw on Tomcat, limit 1 MB", RawContestant::tomcatForMegabytes),

	/** The baseline in an application that publishes an event for each message. */
	RAW_UNHEARD("raw on Tomcat, events of its own and nobody listening", RawEventsContestant::unheard),

	/** The same application with a listener. */
	RAW_HEARD("raw on Tomcat, events of its own and one @EventListener", RawEventsContestant::heard),

	/** Spring's client on the other container. */
	RAW_JETTY("raw on Jetty", RawContestant::jetty),

	/** The baseline with compression. */
	RAW_COMPRESSED("raw on Tomcat, compressed", (target) -> RawContestant.tomcat(target).compressed()),

	/** Spring's client on the other container with compression. */
	RAW_JETTY_COMPRESSED("raw on Jetty, compressed", (target) -> RawContestant.jetty(target).compressed()),

	/** The baseline with a retry loop. */
	NAIVE_RETRY("raw on Tomcat, naive retry loop", NaiveRetryContestant::new),

	/** The engine alone. */
	OURS("ours on Tomcat", (target) -> HeartbeatContestant.engine(target, HeartbeatContainer.TOMCAT, false)),

	/** The engine alone with virtual threads, which requires JDK 21. */
	OURS_VIRTUAL("ours on Tomcat, virtual threads",
			(target) -> HeartbeatContestant.engine(target, HeartbeatContainer.TOMCAT, true)),

	/** The engine alone on the other container. */
	OURS_JETTY("ours on Jetty", (target) -> HeartbeatContestant.engine(target, HeartbeatContainer.JETTY, false)),

	/** The engine alone with compression. */
	OURS_COMPRESSED("ours on Tomcat, compressed",
			(target) -> HeartbeatContestant.engine(target, HeartbeatContainer.TOMCAT, false).compressed()),

	/** The engine alone on the other container with compression. */
	OURS_JETTY_COMPRESSED("ours on Jetty, compressed",
			(target) -> HeartbeatContestant.engine(target, HeartbeatContainer.JETTY, false).compressed()),

	/** The engine alone with all that a client can have. */
	OURS_EVERYTHING("ours on Tomcat, everything on",
			(target) -> HeartbeatContestant.everything(target, HeartbeatContainer.TOMCAT)),

	/** The same on the other container. */
	OURS_JETTY_EVERYTHING("ours on Jetty, everything on",
			(target) -> HeartbeatContestant.everything(target, HeartbeatContainer.JETTY)),

	/** An application that has no event listener. */
	OURS_UNHEARD("ours, events and nobody listening", ApplicationContestants::unheard),

	/** An application that has an event listener. */
	OURS_HEARD("ours, one @EventListener", ApplicationContestants::heard),

	/** An application that has an event listener and meters. */
	OURS_METERED("ours, one @EventListener and meters", ApplicationContestants::metered),

	/** Another library. */
	OKHTTP("OkHttp", OkHttpContestant::new),

	/** Another library. */
	JAVA_WEBSOCKET("Java-WebSocket", JavaWebSocketContestant::new),

	/** Another library. */
	NV("nv-websocket-client", NvContestant::new),

	/** Another library. */
	JDK("JDK HttpClient", JdkContestant::new);

	/**
	 * Contestants that have no bound in rows in which all contestants take part.
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
	 * Return the name in the table.
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
