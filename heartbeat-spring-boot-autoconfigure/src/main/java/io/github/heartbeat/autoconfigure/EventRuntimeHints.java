package io.github.heartbeat.autoconfigure;

import java.util.List;

import io.github.heartbeat.event.HeartbeatCloseEvent;
import io.github.heartbeat.event.HeartbeatErrorEvent;
import io.github.heartbeat.event.HeartbeatExhaustedEvent;
import io.github.heartbeat.event.HeartbeatLeaseGrantedEvent;
import io.github.heartbeat.event.HeartbeatLeaseLostEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import io.github.heartbeat.event.HeartbeatReconnectEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Registers the events for reflection, which SpEL conditions of event listeners use.
 */
final class EventRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<Class<?>> EVENTS = List.of(HeartbeatOpenEvent.class, HeartbeatMessageEvent.class,
			HeartbeatErrorEvent.class, HeartbeatCloseEvent.class, HeartbeatReconnectEvent.class,
			HeartbeatExhaustedEvent.class, HeartbeatLeaseGrantedEvent.class, HeartbeatLeaseLostEvent.class);

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		EVENTS.forEach((event) -> hints.reflection().registerType(event, MemberCategory.INVOKE_PUBLIC_METHODS));
	}

}
