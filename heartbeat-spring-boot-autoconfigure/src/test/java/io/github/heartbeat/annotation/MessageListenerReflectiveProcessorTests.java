package io.github.heartbeat.annotation;

import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;

import static org.assertj.core.api.Assertions.assertThat;

class MessageListenerReflectiveProcessorTests {

	private final RuntimeHints hints = new RuntimeHints();

	record Quote(String symbol) {
	}

	sealed interface Trade permits Fill, Cancel {

	}

	record Fill(int id) implements Trade {
	}

	record Cancel(int id) implements Trade {
	}

	record Reply(String text) {
	}

	static class Listener {

		@HeartbeatMessageListener
		Reply on(List<Quote> quotes, HeartbeatClient client) {
			return new Reply("");
		}

		@HeartbeatMessageListener
		void onTrades(List<? extends Trade> trades) {
		}

		void other(StringBuilder notAListener) {
		}

	}

	@Test
	void theMethodsArePreparedForInvocationAndTheirTypesForBinding() {
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(this.hints, Listener.class);
		assertThat(this.hints.reflection().getTypeHint(TypeReference.of(Listener.class)).methods())
			.allSatisfy((method) -> assertThat(method.getMode()).isEqualTo(ExecutableMode.INVOKE))
			.extracting((method) -> method.getName())
			.containsExactlyInAnyOrder("on", "onTrades");
		for (Class<?> bound : List.of(Quote.class, Reply.class, Fill.class, Cancel.class)) {
			assertThat(this.hints.reflection().getTypeHint(TypeReference.of(bound)).getMemberCategories())
				.contains(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
		}
		assertThat(this.hints.reflection().typeHints()).extracting((hint) -> hint.getType().getName())
			.doesNotContain(HeartbeatClient.class.getName(), StringBuilder.class.getName());
	}

}
