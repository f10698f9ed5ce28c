package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.heartbeat.HeartbeatAttemptObserver;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatMessageObserver;
import io.github.heartbeat.observation.HeartbeatObservations;
import io.github.heartbeat.testing.CapturedLog;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.EventPublishingContextWrapper;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests clients whose observations are spans of Micrometer Tracing with OpenTelemetry.
 */
class TracedClientsIntegrationTests extends EachContainer {

	private static final Logger logger = LoggerFactory.getLogger("com.example.TracedListener");

	private static final Slf4JEventListener MDC_LISTENER = new Slf4JEventListener();

	private static final int CLIENTS = 8;

	private static final int ACTIONS = 500;

	static {
		ContextStorage.addWrapper(new EventPublishingContextWrapper(MDC_LISTENER::onEvent));
	}

	@RegisterExtension
	final CapturedLog listenerLog = new CapturedLog(logger.getName());

	private final Queue<SpanData> spans = new ConcurrentLinkedQueue<>();

	private final SdkTracerProvider provider = SdkTracerProvider.builder()
		.addSpanProcessor(SimpleSpanProcessor.create(new Recorder(this.spans)))
		.build();

	private final RecordedObservations recorded = new RecordedObservations();

	@Override
	protected List<HeartbeatClientObserverFactory> observers() {
		Tracer otel = this.provider.get("test");
		OtelTracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), MDC_LISTENER::onEvent);
		OtelPropagator propagator = new OtelPropagator(ContextPropagators.create(TextMapPropagator
			.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())), otel);
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig()
			.observationHandler(this.recorded)
			.observationHandler(new FirstMatchingCompositeObservationHandler(
					new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
					new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
					new DefaultTracingObservationHandler(tracer)));
		HeartbeatObservations observations = new HeartbeatObservations(registry);
		return List.of((client) -> new WithBaggage(observations.observe(client)));
	}

	@AfterEach
	void endTracing() {
		this.provider.close();
	}

	private SpanData awaitSpan(String name) {
		return Awaitility.await()
			.until(() -> this.spans.stream().filter((span) -> span.getName().equals(name)).findFirst(),
					Optional::isPresent)
			.orElseThrow();
	}

	@Test
	void theServerReceivesTheTraceOfTheAttempt() {
		open(settings());
		SpanData span = awaitSpan("connect test");
		assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(span.getAttributes().get(AttributeKey.stringKey("outcome"))).isEqualTo("success");
		assertThat(server().connection(1).headers())
			.containsEntry("traceparent",
					"00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
							+ span.getSpanContext().getTraceFlags().asHex())
			.containsEntry("baggage", "tenant=acme");
	}

	@Test
	void aTraceThatTheUserSetStays() {
		String own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
		open(settings().header("Traceparent", own));
		assertThat(server().connection(1).headers()).containsEntry("traceparent", own);
	}

	@Test
	void aRefusedAttemptIsASpanWithAnError() {
		server().behave(Behaviour.status(403));
		create(settings());
		SpanData span = awaitSpan("connect test");
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(span.getAttributes().get(AttributeKey.stringKey("error.kind"))).isEqualTo("handshake_refused");
		assertThat(server().connection(1).headers().get("traceparent")).contains(span.getSpanId());
	}

	@Test
	void theLogOfAListenerHasTheTraceOfTheMessage() {
		HeartbeatClient client = open(settings().observationMessages(true).listener(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				logger.info("Received {}", message.getPayload());
			}
		}));
		client.send("one");
		client.send("two");
		log().await("MESSAGE two");
		Awaitility.await().until(() -> this.recorded.open() == 0);
		List<SpanData> received = this.spans.stream().filter((span) -> span.getName().equals("receive test")).toList();
		assertThat(received).hasSize(2).allMatch((span) -> span.getKind() == SpanKind.CONSUMER);
		assertThat(this.listenerLog.lines()).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("Received one", "Received two");
		assertThat(this.listenerLog.lines()).extracting((line) -> line.getMDCPropertyMap().get("traceId"))
			.containsExactlyElementsOf(received.stream().map(SpanData::getTraceId).toList())
			.doesNotHaveDuplicates();
		assertThat(this.listenerLog.lines()).extracting((line) -> line.getMDCPropertyMap().get("spanId"))
			.containsExactlyElementsOf(received.stream().map(SpanData::getSpanId).toList());
	}

	/**
	 * The clients run with random calls and random answers of the server. Their end ends
	 * what is open.
	 */
	@Test
	void noObservationStaysOpenAfterChaos() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		List<Behaviour> behaviours = List.of(Behaviour.ECHO, Behaviour.ECHO, Behaviour.DROPPING, Behaviour.MUTE,
				Behaviour.status(503), Behaviour.closing(4000));
		List<HeartbeatClient> clients = IntStream.range(0, CLIENTS)
			.mapToObj((i) -> clients().create("chaos-" + i,
					settings().reconnectTimeout(Duration.ofMillis(5))
						.connectTimeout(Duration.ofMillis(50))
						.observationMessages(true)
						.build()))
			.toList();
		for (int i = 0; i < ACTIONS; i++) {
			HeartbeatClient client = clients.get(random.nextInt(CLIENTS));
			switch (random.nextInt(6)) {
				case 0 -> server().behave(behaviours.get(random.nextInt(behaviours.size())));
				case 1 -> client.reconnect();
				case 2 -> client.close();
				case 3 -> client.open();
				default -> client.send("message");
			}
			TestServer.pause(random.nextInt(6));
		}
		clients().destroy();
		Awaitility.await("seed " + seed).until(() -> this.recorded.open() == 0);
		assertThat(this.recorded.outcomes()).as("seed " + seed)
			.hasSizeGreaterThan(50)
			.contains("success none", "cancelled none")
			.anyMatch((outcome) -> outcome.startsWith("failure "));
	}

	private record Recorder(Queue<SpanData> recorded) implements SpanExporter {

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			this.recorded.addAll(spans);
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode flush() {
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode shutdown() {
			return CompletableResultCode.ofSuccess();
		}

	}

	/**
	 * Attempts start in a context that has baggage.
	 */
	private record WithBaggage(HeartbeatClientObserver observer) implements HeartbeatClientObserver {

		@Override
		public @Nullable HeartbeatAttemptObserver attemptStarted() {
			return Context.current()
				.with(Baggage.builder().put("tenant", "acme").build())
				.wrapSupplier(this.observer::attemptStarted)
				.get();
		}

		@Override
		public @Nullable HeartbeatMessageObserver messageDelivered(WebSocketMessage<?> message) {
			return this.observer.messageDelivered(message);
		}

	}

}
