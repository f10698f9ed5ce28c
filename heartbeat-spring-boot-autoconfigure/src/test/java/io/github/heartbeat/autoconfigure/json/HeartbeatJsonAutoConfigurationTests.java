package io.github.heartbeat.autoconfigure.json;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.message.JsonHeartbeatMessageConverter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HeartbeatJsonAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HeartbeatAutoConfiguration.class, HeartbeatJsonAutoConfiguration.class,
				JacksonAutoConfiguration.class))
		.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:1/", "heartbeat.defaults.auto-startup=false");

	@Test
	void theMapperOfTheApplicationConverts() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(JsonHeartbeatMessageConverter.class);
			assertThat(context.getBean(HeartbeatClient.class).convertAndSend(new int[] { 1 }))
				.isCompletedExceptionally();
		});
	}

	@Test
	void whenThereIsNoJacksonThenThereIsNoConverter() {
		this.runner.withClassLoader(new FilteredClassLoader("tools.jackson")).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean("heartbeatJsonMessageConverter");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(HeartbeatClient.class).convertAndSend(new int[] { 1 }))
				.withMessageContaining("Client 'quotes' cannot send an object of type int[]");
		});
	}

	@Test
	void whenThereIsNoSingleMapperThenThereIsNoConverter() {
		this.runner.withBean("one", JsonMapper.class, JsonMapper::new)
			.withBean("other", JsonMapper.class, JsonMapper::new)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(JsonHeartbeatMessageConverter.class));
	}

	@Test
	void aConverterOfTheApplicationIsUsedInstead() {
		JsonHeartbeatMessageConverter converter = new JsonHeartbeatMessageConverter(new JsonMapper());
		this.runner.withBean("own", JsonHeartbeatMessageConverter.class, () -> converter)
			.run((context) -> assertThat(context).getBean(JsonHeartbeatMessageConverter.class).isSameAs(converter));
	}

	@Test
	void whenDisabledThenThereIsNoConverter() {
		this.runner.withPropertyValues("heartbeat.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(JsonHeartbeatMessageConverter.class));
	}

}
