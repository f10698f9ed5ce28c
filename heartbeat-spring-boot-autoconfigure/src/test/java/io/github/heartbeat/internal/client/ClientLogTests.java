package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.hook.Hook;
import io.github.heartbeat.internal.hook.HookDispatcher;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.hook.LongHookWarning;
import io.github.heartbeat.internal.message.PayloadLog;
import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.OutageLog;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.test.internal.ManualEngine;
import io.github.heartbeat.testing.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

class ClientLogTests {

	private static final HeartbeatConnectionException REFUSED = new HeartbeatConnectionException(Kind.CONNECT,
			"refused");

	@RegisterExtension
	private final CapturedLog captured = new CapturedLog("io.github.heartbeat.HeartbeatClient");

	private final ManualEngine engine = new ManualEngine();

	private final OutageLog log = new OutageLog("feed", "ws://localhost/", this.engine.resources(() -> 0.5));

	@Test
	void anOutageIsALineASummaryAMinuteAndARecovery() {
		this.log.connected();
		this.engine.advance(Duration.ofSeconds(10));
		for (int i = 0; i < 65; i++) {
			this.log.failed(REFUSED);
			this.engine.advance(Duration.ofSeconds(2));
		}
		this.log.connected();
		this.log.failed(REFUSED);
		this.engine.run();
		assertThat(this.captured.lines()).extracting(ILoggingEvent::toString)
			.containsExactly("[INFO] Client 'feed' is connected to ws://localhost/",
					"[WARN] Client 'feed' is not connected to ws://localhost/: refused",
					"[WARN] Client 'feed' is still not connected to ws://localhost/ after 1 min 0 s and 31 failures: refused",
					"[WARN] Client 'feed' is still not connected to ws://localhost/ after 2 min 0 s and 61 failures: refused",
					"[INFO] Client 'feed' is connected to ws://localhost/ again after 2 min 10 s",
					"[WARN] Client 'feed' is not connected to ws://localhost/: refused");
		assertThat(this.captured.lines()).allSatisfy((line) -> assertThat(line.getThrowableProxy()).isNull());
	}

	@Test
	void payloadsAppearAtTraceOnlyAndAreCut() {
		PayloadLog.received("feed", new TextMessage("quiet"));
		assertThat(this.captured.lines()).isEmpty();
		this.captured.level(Level.TRACE);
		PayloadLog.received("feed", new TextMessage("x".repeat(100)));
		PayloadLog.sent("feed", new TextMessage("x".repeat(101)));
		PayloadLog.sent("feed", new TextMessage("x".repeat(99) + "🚀"));
		PayloadLog.received("feed", new BinaryMessage(new byte[300]));
		PayloadLog.sent("feed", new PingMessage());
		assertThat(this.captured.lines()).extracting(ILoggingEvent::toString)
			.containsExactly("[TRACE] Client 'feed' received '" + "x".repeat(100) + "'",
					"[TRACE] Client 'feed' sent '" + "x".repeat(100) + "'",
					"[TRACE] Client 'feed' sent '" + "x".repeat(99) + "'",
					"[TRACE] Client 'feed' received 300 bytes (binary)",
					"[TRACE] Client 'feed' sent 0 bytes (control)");
	}

	@Test
	void aHookThatTakesTooLongIsNamedOnce() {
		for (String hook : List.of("message", "open")) {
			FakeNetwork network = new FakeNetwork();
			network.answers(false);
			HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost/")
				.listener(new LongHook(hook))
				.build();
			DefaultHeartbeatClient client = client(settings, network);
			client.findExtensions();
			client.machine().start();
			this.engine.run();
			network.lastPeer().send("message");
			this.engine.run();
			client.machine().destroy();
			assertThat(this.captured.lines()).extracting(ILoggingEvent::getFormattedMessage)
				.filteredOn((line) -> line.contains("busy with its " + hook + " hook"))
				.hasSize(1);
		}
	}

	/**
	 * No heartbeat monitor queries the hook any longer, and no attempt is made.
	 */
	@Test
	void aMessageHookThatOutlastsItsConnectionIsLogged() {
		FakeNetwork network = new FakeNetwork();
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost/")
			.repeatLimit(0)
			.listener(new HeartbeatListener() {
				@Override
				public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
					network.lastPeer().close(1000);
					ClientLogTests.this.engine.advance(Duration.ofMinutes(5));
				}
			})
			.build();
		DefaultHeartbeatClient client = client(settings, network);
		client.findExtensions();
		client.machine().start();
		this.engine.run();
		network.lastPeer().send("hello");
		this.engine.run();
		assertThat(this.captured.lines()).extracting(ILoggingEvent::getFormattedMessage)
			.filteredOn((line) -> line.contains("busy with its message hook"))
			.hasSize(1);
	}

	/**
	 * One timeout watches all hooks, so it can fire while a later hook runs.
	 */
	@Test
	void eachHookHasItsOwnTime() {
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost/").build();
		EngineResources resources = this.engine.resources(() -> 0.5);
		DefaultHeartbeatClient client = client(settings, new FakeNetwork());
		UserCodeLog userCodeLog = new UserCodeLog("feed", resources);
		HookDispatcher dispatcher = new HookDispatcher(client,
				new ClientObservation(client, List::of, userCodeLog, resources), List::of, userCodeLog, null, false,
				this.engine);
		HookQueue hooks = new HookQueue(resources, dispatcher, new LongHookWarning("feed", settings, resources));
		hooks.enqueue(new Hook(Hook.Type.OPEN, null, () -> this.engine.advance(Duration.ofSeconds(10))));
		hooks.enqueue(new Hook(Hook.Type.CLOSE, null, () -> {
			this.engine.advance(Duration.ofMillis(24_999));
			assertThat(this.captured.lines()).isEmpty();
			this.engine.advance(Duration.ofMillis(1));
			assertThat(this.captured.lines()).singleElement()
				.satisfies((line) -> assertThat(line.getFormattedMessage()).contains("busy with its close hook"));
		}));
		hooks.enqueue(new Hook(Hook.Type.RECONNECT, null, () -> this.engine.advance(Duration.ofMillis(25_000))));
		this.engine.run();
		assertThat(this.captured.lines()).extracting(ILoggingEvent::getFormattedMessage)
			.satisfiesExactly((line) -> assertThat(line).contains("close hook"),
					(line) -> assertThat(line).contains("reconnect hook"));
		this.engine.advance(Duration.ofMinutes(1));
		assertThat(this.engine.pendingTimers()).isZero();
	}

	private DefaultHeartbeatClient client(HeartbeatClientSettings settings, FakeNetwork network) {
		return TestClients.client("feed", settings, settings::getListeners, List::of, network.container(),
				new ConnectLimiter(64, Runnable::run), this.engine.resources(() -> 0.5));
	}

	/**
	 * Advances the clock by an hour in one of its hooks.
	 */
	private final class LongHook implements HeartbeatListener {

		private final String hook;

		LongHook(String hook) {
			this.hook = hook;
		}

		@Override
		public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
			pass("open");
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			pass("message");
		}

		private void pass(String hook) {
			if (this.hook.equals(hook)) {
				ClientLogTests.this.engine.advance(Duration.ofMillis(24_999));
				assertThat(ClientLogTests.this.captured.lines()).noneMatch((line) -> line.getMessage().contains(hook));
				ClientLogTests.this.engine.advance(Duration.ofMinutes(10));
			}
		}

	}

	@Test
	void aServerThatNeverAnswersIsNamedOnceAfterTwoConnections() {
		this.log.heartbeatUnanswered(false);
		this.log.heartbeatUnanswered(true);
		this.log.heartbeatUnanswered(false);
		this.engine.run();
		assertThat(this.captured.lines()).isEmpty();
		this.log.heartbeatUnanswered(false);
		this.log.heartbeatUnanswered(false);
		this.log.heartbeatUnanswered(false);
		this.engine.run();
		assertThat(this.captured.lines()).singleElement()
			.satisfies((line) -> assertThat(line.getFormattedMessage()).contains("two connections in a row")
				.contains("never answers"));
	}

}
