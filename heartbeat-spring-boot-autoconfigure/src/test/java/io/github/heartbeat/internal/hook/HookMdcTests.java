package io.github.heartbeat.internal.hook;

import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.SystemTicker;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class HookMdcTests {

	private final List<@Nullable String> names = new ArrayList<>();

	@Test
	void everyHookRunsWithTheNameAndLeavesNothingBehind() {
		run(dispatcher(new HookMdc("feed")));
		assertThat(this.names).containsExactly("open feed", "message feed", "error feed");
		assertThat(MDC.get(HookMdc.KEY)).isNull();
	}

	@Test
	void nothingIsPutUnlessEnabled() {
		run(dispatcher(null));
		assertThat(this.names).containsExactly("open null", "message null", "error null");
	}

	private void run(HookDispatcher dispatcher) {
		dispatcher.start();
		dispatcher.open(mock(WebSocketSession.class), false);
		assertThat(MDC.get(HookMdc.KEY)).isNull();
		dispatcher.message(new TextMessage("price"), 0);
	}

	private HookDispatcher dispatcher(@Nullable HookMdc mdc) {
		HeartbeatClient client = mock(HeartbeatClient.class);
		given(client.getName()).willReturn("feed");
		return new HookDispatcher(client, mock(ClientObservation.class), () -> List.of(new Listener()),
				mock(UserCodeLog.class), mdc, false, new SystemTicker());
	}

	private void note(String hook) {
		this.names.add(hook + " " + MDC.get(HookMdc.KEY));
	}

	private final class Listener implements HeartbeatListener {

		@Override
		public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
			note("open");
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			note("message");
			throw new IllegalStateException("thrown by a test");
		}

		@Override
		public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
			note("error");
		}

	}

}
