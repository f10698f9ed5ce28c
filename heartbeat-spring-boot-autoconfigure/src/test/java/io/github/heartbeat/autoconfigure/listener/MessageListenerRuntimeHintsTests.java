package io.github.heartbeat.autoconfigure.listener;

import java.util.List;

import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.json.HeartbeatJsonAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes an application with a listener method ahead of time.
 */
class MessageListenerRuntimeHintsTests {

	@Test
	void theMethodsAndTheTypesOfTheBeansAreRegistered() {
		InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("com.example", "Application")), files);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(JacksonAutoConfiguration.class, HeartbeatAutoConfiguration.class,
					HeartbeatMessageListenerAutoConfiguration.class, HeartbeatJsonAutoConfiguration.class,
					Listener.class);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
		}
		ReflectionHints hints = generation.getRuntimeHints().reflection();
		assertThat(hints.getTypeHint(TypeReference.of(Listener.class)).methods())
			.extracting((method) -> method.getName())
			.contains("on");
		for (Class<?> type : List.of(Quote.class, Reply.class)) {
			assertThat(hints.getTypeHint(TypeReference.of(type)).getMemberCategories())
				.contains(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
		}
		assertThat(files.getGeneratedFiles(Kind.SOURCE).keySet())
			.anyMatch((name) -> name.contains("HeartbeatMessageListenerAutoConfiguration__BeanDefinitions"))
			.anyMatch((name) -> name.contains("HeartbeatJsonAutoConfiguration__BeanDefinitions"));
	}

	record Quote(String symbol) {
	}

	record Reply(String text) {
	}

	static class Listener {

		@HeartbeatMessageListener
		Reply on(List<Quote> quotes) {
			return new Reply("");
		}

	}

}
