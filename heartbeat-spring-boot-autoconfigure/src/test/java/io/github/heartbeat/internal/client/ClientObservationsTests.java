package io.github.heartbeat.internal.client;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.heartbeat.HeartbeatAttemptObserver;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatMessageObserver;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.client.FakeNetwork.Mode;
import io.github.heartbeat.internal.lease.FakeLeases;
import io.github.heartbeat.internal.lease.LeaseManager;
import io.github.heartbeat.internal.lease.LeaseOptions;
import io.github.heartbeat.internal.lease.LeaseThread;
import io.github.heartbeat.internal.lease.LeaseTimes;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.metrics.HeartbeatMeters;
import io.github.heartbeat.observation.DefaultHeartbeatAttemptObservationConvention;
import io.github.heartbeat.observation.HeartbeatAttemptObservationContext;
import io.github.heartbeat.observation.HeartbeatObservations;
import io.github.heartbeat.testing.CapturedLog;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the observations of attempts and messages, with a hand-driven clock. The registry
 * of the tests throws if an observation ends twice or a scope stays open.
 */
class ClientObservationsTests extends HandDrivenClient {

	@RegisterExtension
	final CapturedLog capturedLog = new CapturedLog("io.github.heartbeat");

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	private final RecordedObservations recorded = new RecordedObservations();

	private boolean throwing;

	@BeforeEach
	void observe() {
		this.registry.observationConfig().observationHandler(this.recorded);
		this.observers.add(new HeartbeatObservations(this.registry));
	}

	@AfterEach
	void noObservationStaysOpenAndNoObserverFails() {
		this.client.machine().destroy();
		this.engine.run();
		assertThat(this.recorded.open()).isZero();
		assertThat(this.registry.getCurrentObservation()).isNull();
		if (!this.throwing) {
			assertThat(this.capturedLog.lines()).extracting(ILoggingEvent::getFormattedMessage)
				.noneMatch((line) -> line.contains("An observer"));
		}
	}

	@Test
	void anAttemptThatSucceeds() {
		start(HeartbeatClientSettings.builder("ws://user:password@localhost/prices?token=secret").group("feeds"));
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasNameEqualTo("heartbeat.client.attempt")
			.hasContextualNameEqualTo("connect test")
			.hasLowCardinalityKeyValue("client", "feeds")
			.hasLowCardinalityKeyValue("outcome", "success")
			.hasLowCardinalityKeyValue("error.kind", "none")
			.hasHighCardinalityKeyValue("url", "ws://localhost/prices?token=***")
			.hasBeenStarted()
			.hasBeenStopped()
			.doesNotHaveError();
	}

	@Test
	void theUrlIsThatOfTheHandshake() {
		start(settings().handshakeCustomizer(
				(name, handshake) -> handshake.setUrl(URI.create("ws://user:password@other/?token=secret"))));
		assertThat(this.recorded.attempts().get(0).getHighCardinalityKeyValue("url").getValue())
			.isEqualTo("ws://other/?token=***");
	}

	@Test
	void anAttemptThatIsRefused() {
		this.network.refuse(403);
		start(settings());
		assertThat(this.recorded.outcomes()).containsExactly("failure handshake_refused");
		assertThat(this.recorded.attempts().get(0).getError()).isInstanceOfSatisfying(
				HeartbeatConnectionException.class, (failure) -> assertThat(failure.getStatus()).isEqualTo(403));
		this.network.mode(Mode.ACCEPT);
		advanceMillis(2000);
		assertThat(this.recorded.outcomes()).containsExactly("failure handshake_refused", "success none");
	}

	@Test
	void anAttemptWhoseHandshakeCustomizerFails() {
		start(settings().handshakeCustomizer((name, handshake) -> {
			throw new IllegalStateException("no token");
		}));
		assertThat(this.recorded.outcomes()).containsExactly("failure handshake_customizer");
		assertThat(this.recorded.attempts().get(0).getError()).hasMessageNotContaining("no token").hasNoCause();
	}

	@Test
	void anAttemptThatMissesItsDeadline() {
		this.network.mode(Mode.HANG);
		start(settings().connectTimeout(Duration.ofSeconds(3)));
		advanceMillis(2999);
		assertThat(this.recorded.open()).isOne();
		advanceMillis(1);
		assertThat(this.recorded.outcomes()).containsExactly("failure connect_timeout");
	}

	@Test
	void anAttemptThatHasNoThreadUntilItsDeadline() {
		this.engine.holdConnects(true);
		start(settings().connectTimeout(Duration.ofSeconds(3)));
		assertThat(this.recorded.started()).isZero();
		advanceMillis(3000);
		assertThat(this.recorded.outcomes()).containsExactly("failure connect_timeout");
		this.engine.holdConnects(false);
		assertThat(this.recorded.started()).isOne();
	}

	@Test
	void anAttemptThatCloseEnds() {
		this.network.mode(Mode.HANG);
		start(settings());
		this.client.close();
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("cancelled none");
		assertThat(this.recorded.attempts().get(0).getError()).isNull();
	}

	@Test
	void anAttemptThatReconnectEnds() {
		this.network.mode(Mode.HANG);
		start(settings());
		this.network.mode(Mode.ACCEPT);
		this.client.reconnect();
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("cancelled none", "success none");
	}

	@Test
	void anAttemptThatTheEndOfTheApplicationEnds() {
		this.network.mode(Mode.HANG);
		start(settings());
		this.client.machine().stop(CloseStatus.GOING_AWAY, () -> {
		});
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("cancelled none");
	}

	@Test
	void anAttemptThatDestructionEnds() {
		this.network.mode(Mode.HANG);
		start(settings());
		this.client.machine().destroy();
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("cancelled none");
	}

	@Test
	void anAttemptThatTheEndOfTheLeaseEnds() {
		this.network.mode(Mode.HANG);
		EngineResources resources = this.engine.resources(() -> 0.5);
		FakeLeases store = new FakeLeases(this.engine);
		LeaseManager manager = new LeaseManager(
				new LeaseOptions(() -> store, "app", Duration.ofMillis(50), Integer.MAX_VALUE),
				new LeaseThread(resources.io(), () -> {
				}), resources);
		start(settings().leaderEnabled(true).connectTimeout(Duration.ofSeconds(60)),
				manager.join("test", "test", new LeaseTimes(Duration.ofSeconds(15), Duration.ofMillis(1500),
						Duration.ofSeconds(5), Duration.ofMillis(1500))),
				resources);
		advanceMillis(750);
		assertThat(this.recorded.open()).isOne();
		store.fail(new IllegalStateException("no store"));
		advanceMillis(13_500);
		assertThat(this.recorded.outcomes()).containsExactly("cancelled none");
	}

	@Test
	void anAttemptWhoseSessionInitializerFails() {
		start(settings().sessionInitializer((session) -> {
			throw new IllegalStateException("no login");
		}));
		assertThat(this.recorded.outcomes()).containsExactly("failure not_ready");
	}

	@Test
	void anAttemptLastsUntilTheSessionIsReady() {
		Initializer initializer = new Initializer();
		start(settings().sessionInitializer(initializer));
		assertThat(this.network.peers()).hasSize(1);
		assertThat(this.recorded.open()).isOne();
		initializer.session.ready();
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("success none");
	}

	@Test
	void anAttemptWhoseSessionIsNotReadyAtItsDeadline() {
		start(settings().sessionInitializer(new Initializer()).connectTimeout(Duration.ofSeconds(3)));
		advanceMillis(3000);
		assertThat(this.recorded.outcomes()).containsExactly("failure not_ready");
	}

	@Test
	void anAttemptWhoseSessionIsLostBeforeItIsReady() {
		start(settings().sessionInitializer(new Initializer()));
		this.network.lastPeer().close(4000);
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("failure not_ready");
	}

	@Test
	void anAttemptThatIsCalledOffBeforeItsSessionIsReady() {
		start(settings().sessionInitializer(new Initializer()));
		this.client.reconnect();
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("cancelled none");
		this.client.close();
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("cancelled none", "cancelled none");
	}

	/**
	 * The attempt waits for the permit of another origin, and then runs again.
	 */
	@Test
	void anAttemptThatWaitsForAPermitIsOneAttempt() {
		var permit = this.connectLimiter.acquire("other:80", () -> {
		});
		start(settings().handshakeCustomizer((name, handshake) -> handshake.setUrl(URI.create("ws://other/"))));
		assertThat(this.network.handshakes()).isEmpty();
		permit.release();
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("success none");
	}

	@Test
	void headersOfTheObservationDoNotReplaceThoseOfUsers() {
		this.registry.observationConfig().observationHandler(new Propagation());
		start(settings().header("X-Setting", "theirs")
			.handshakeCustomizer((name, handshake) -> handshake.getHeaders().set("x-customizer", "theirs")));
		assertThat(this.network.handshakes().get(0).headers()).containsEntry("traceparent", List.of("ours"))
			.containsEntry("X-Setting", List.of("theirs"))
			.containsEntry("x-customizer", List.of("theirs"))
			.doesNotContainKeys("invalid", "Sec-WebSocket-Protocol");
		assertThat(this.recorded.outcomes()).containsExactly("success none");
	}

	@Test
	void eachAttemptHasItsOwnHeaders() {
		this.registry.observationConfig().observationHandler(new Propagation());
		this.network.refuse(503);
		start(settings());
		advanceMillis(2000);
		assertThat(this.network.handshakes()).hasSize(2)
			.allSatisfy((handshake) -> assertThat(handshake.headers()).containsEntry("traceparent", List.of("ours")));
	}

	/**
	 * Without this, an application that creates and removes clients would collect meters.
	 */
	@Test
	void theMetersOfObservationsAreRemovedWithTheLastClient() {
		SimpleMeterRegistry meters = meters();
		meters.counter("heartbeat.client.attempt", "client", "other");
		start(settings().observationMessages(true));
		this.network.lastPeer().send("hello");
		this.engine.run();
		assertThat(meters.find("heartbeat.client.attempt").tag("client", "test").timer()).isNotNull();
		assertThat(meters.find("heartbeat.client.message").tag("client", "test").timer()).isNotNull();
		this.client.remove(() -> {
		});
		this.engine.run();
		assertThat(meters.getMeters()).singleElement()
			.satisfies((meter) -> assertThat(meter.getId().getTag("client")).isEqualTo("other"));
	}

	@Test
	void anAttemptThatIsCancelledByARemovalLeavesNoMeter() {
		SimpleMeterRegistry meters = meters();
		this.network.mode(Mode.HANG);
		start(settings());
		this.client.remove(() -> {
		});
		this.engine.run();
		assertThat(this.recorded.outcomes()).containsExactly("cancelled none");
		assertThat(meters.getMeters()).isEmpty();
	}

	@Test
	void aMessageWhoseListenerRemovesTheClientLeavesNoMeter() {
		SimpleMeterRegistry meters = meters();
		this.listeners.add(new HeartbeatListener() {

			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				ClientObservationsTests.this.client.remove(() -> {
				});
			}

		});
		start(settings().observationMessages(true));
		this.network.lastPeer().send("hello");
		this.engine.run();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(meters.getMeters()).isEmpty();
	}

	private SimpleMeterRegistry meters() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		this.registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
		this.observers.add(new HeartbeatMeters(meters));
		return meters;
	}

	@Test
	void aConventionDecidesNamesAndKeyValues() {
		this.observers.clear();
		this.observers.add(new HeartbeatObservations(this.registry, new DefaultHeartbeatAttemptObservationConvention() {

			@Override
			public String getContextualName(HeartbeatAttemptObservationContext context) {
				return "dial " + context.getClient().getName();
			}

		}));
		start(settings());
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasContextualNameEqualTo("dial test");
	}

	@Test
	void aPredicateTurnsObservationsOff() {
		this.registry.observationConfig()
			.observationPredicate((name, context) -> !name.startsWith("heartbeat"))
			.observationHandler(new Propagation());
		start(settings().observationMessages(true));
		this.network.lastPeer().send("hello");
		this.engine.run();
		assertThat(this.log.lines()).contains("MESSAGE hello");
		assertThat(this.network.handshakes().get(0).headers()).doesNotContainKey("traceparent");
		TestObservationRegistryAssert.assertThat(this.registry).doesNotHaveAnyObservation();
	}

	@Test
	void anObserverThatThrowsDoesNotDisturbTheClient() {
		this.throwing = true;
		this.observers.add(0, (client) -> new HeartbeatClientObserver() {

			@Override
			public HeartbeatAttemptObserver attemptStarted() {
				return new ThrowingObserver();
			}

			@Override
			public HeartbeatMessageObserver messageDelivered(WebSocketMessage<?> message) {
				return (failure) -> {
					throw new IllegalStateException("thrown by a test");
				};
			}

		});
		this.observers.add(1, (client) -> new HeartbeatClientObserver() {

			@Override
			public HeartbeatAttemptObserver attemptStarted() {
				throw new IllegalStateException("thrown by a test");
			}

			@Override
			public HeartbeatMessageObserver messageDelivered(WebSocketMessage<?> message) {
				throw new IllegalStateException("thrown by a test");
			}

		});
		start(settings().observationMessages(true));
		this.network.lastPeer().send("hello");
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE hello");
		assertThat(this.recorded.outcomes()).containsExactly("success none");
		assertThat(this.capturedLog.lines()).extracting(ILoggingEvent::getFormattedMessage)
			.anyMatch((line) -> line.contains("An observer"));
	}

	@Test
	void aMessageIsDeliveredInTheScopeOfItsObservation() {
		List<Observation> current = new ArrayList<>();
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				current.add(ClientObservationsTests.this.registry.getCurrentObservation());
			}
		});
		start(settings().observationMessages(true).group("feeds"));
		this.network.lastPeer().send("hello");
		this.network.lastPeer().send(new byte[] { 1, 2 });
		this.engine.run();
		assertThat(current).hasSize(2).doesNotContainNull().doesNotHaveDuplicates();
		assertThat(current.get(0).getContextView().getContextualName()).isEqualTo("receive test");
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasNumberOfObservationsWithNameEqualTo("heartbeat.client.message", 2)
			.forAllObservationsWithNameEqualTo("heartbeat.client.message",
					(message) -> message.hasLowCardinalityKeyValue("client", "feeds").doesNotHaveError());
	}

	@Test
	void messagesAreNotObservedByDefault() {
		start(settings());
		this.network.lastPeer().send("hello");
		this.engine.run();
		TestObservationRegistryAssert.assertThat(this.registry).hasNumberOfObservationsEqualTo(1);
	}

	@Test
	void theFailureOfAListenerIsThatOfTheObservation() {
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				throw new IllegalStateException("secret");
			}
		});
		start(settings().observationMessages(true));
		this.network.lastPeer().send("hello");
		this.engine.run();
		TestObservationRegistryAssert.assertThat(this.registry)
			.forAllObservationsWithNameEqualTo("heartbeat.client.message",
					(message) -> message.thenError()
						.isInstanceOf(HeartbeatConnectionException.class)
						.hasMessageContaining("IllegalStateException")
						.hasMessageNotContaining("secret"));
	}

	@Test
	void anObserverCannotChangeTheBufferOfAMessage() {
		List<ByteBuffer> seen = new ArrayList<>();
		this.observers.add((client) -> new HeartbeatClientObserver() {

			@Override
			public @Nullable HeartbeatMessageObserver messageDelivered(WebSocketMessage<?> message) {
				ByteBuffer buffer = (ByteBuffer) message.getPayload();
				buffer.get();
				seen.add(buffer);
				return null;
			}

		});
		List<Integer> remaining = new ArrayList<>();
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				remaining.add(((ByteBuffer) message.getPayload()).remaining());
			}
		});
		start(settings().observationMessages(true));
		this.network.lastPeer().send(new byte[] { 1, 2 });
		this.engine.run();
		assertThat(seen).singleElement().matches(ByteBuffer::isReadOnly);
		assertThat(remaining).containsExactly(2);
	}

	/**
	 * Sets headers as the propagation of a trace does.
	 */
	private static final class Propagation implements ObservationHandler<HeartbeatAttemptObservationContext> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof HeartbeatAttemptObservationContext;
		}

		@Override
		public void onStart(HeartbeatAttemptObservationContext context) {
			set(context, "traceparent", "ours");
			set(context, "x-setting", "ours");
			set(context, "X-Customizer", "ours");
			set(context, "invalid", "line\nbreak");
			set(context, "Sec-WebSocket-Protocol", "ours");
		}

		private static void set(HeartbeatAttemptObservationContext context, String name, String value) {
			context.getSetter().set(context.getCarrier(), name, value);
		}

	}

	private static final class Initializer implements HeartbeatSessionInitializer {

		private HeartbeatSession session;

		@Override
		public void initialize(HeartbeatSession session) {
			this.session = session;
		}

	}

	private static final class ThrowingObserver implements HeartbeatAttemptObserver {

		@Override
		public void handshakePrepared(String url, HttpHeaders headers) {
			throw new IllegalStateException("thrown by a test");
		}

		@Override
		public void succeeded() {
			throw new IllegalStateException("thrown by a test");
		}

	}

}
