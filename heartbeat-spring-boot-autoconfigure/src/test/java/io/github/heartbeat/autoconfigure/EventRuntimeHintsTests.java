package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.event.HeartbeatEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.aot.AotServices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

class EventRuntimeHintsTests {

	@Test
	void conditionsMayReadEveryEvent() throws Exception {
		RuntimeHints hints = new RuntimeHints();
		new EventRuntimeHints().registerHints(hints, null);
		assertThat(hints.reflection().typeHints()).hasSize(8);
		assertThat(hints).matches(reflection().onMethodInvocation(HeartbeatMessageEvent.class.getMethod("getMessage")));
		assertThat(hints.reflection().typeHints()).allSatisfy(
				(hint) -> assertThat(HeartbeatEvent.class.isAssignableFrom(Class.forName(hint.getType().getName())))
					.isTrue());
	}

	@Test
	void theyAreRegisteredForAheadOfTimeProcessing() {
		assertThat(AotServices.factories().load(RuntimeHintsRegistrar.class))
			.hasAtLeastOneElementOfType(EventRuntimeHints.class);
	}

}
