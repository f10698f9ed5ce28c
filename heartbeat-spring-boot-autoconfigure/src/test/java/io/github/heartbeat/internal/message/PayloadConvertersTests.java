package io.github.heartbeat.internal.message;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.github.heartbeat.message.HeartbeatMessageConverter;
import io.github.heartbeat.message.JsonHeartbeatMessageConverter;
import io.github.heartbeat.testing.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ResolvableType;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class PayloadConvertersTests {

	private static final String SECRET = "a-secret-of-the-payload";

	@RegisterExtension
	private final CapturedLog log = new CapturedLog(PayloadConverters.class.getName());

	private final JsonHeartbeatMessageConverter json = new JsonHeartbeatMessageConverter(new JsonMapper());

	private final PayloadConverters withJson = new PayloadConverters(() -> List.of(this.json));

	private final PayloadConverters none = new PayloadConverters(List::of);

	record Quote(String symbol) {
	}

	@Test
	void textsBytesAndMessagesNeedNoConverter() {
		ByteBuffer buffer = ByteBuffer.wrap(new byte[] { 1 });
		PingMessage ping = new PingMessage();
		assertThat(this.none.write("test", "a")).isEqualTo(new TextMessage("a"));
		assertThat(this.none.write("test", new byte[] { 1 })).isEqualTo(new BinaryMessage(new byte[] { 1 }));
		assertThat(this.none.write("test", buffer).getPayload()).isSameAs(buffer);
		assertThat(this.none.write("test", ping)).isSameAs(ping);
		assertThat(this.none.canWrite(String.class)).isTrue();
		assertThat(this.none.canWrite(ByteBuffer.class)).isTrue();
		assertThat(this.none.canWrite(Quote.class)).isFalse();
	}

	@Test
	void anObjectBecomesJson() {
		assertThat(this.withJson.write("test", new Quote("EURUSD")))
			.isEqualTo(new TextMessage("{\"symbol\":\"EURUSD\"}"));
	}

	@Test
	void nullIsNotSent() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.withJson.write("test", null))
			.withMessage("Client 'test' cannot send null. Pass an object to convertAndSend.");
	}

	@Test
	void withoutAConverterTheMessageNamesTheClientTheTypeAndTheFix() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.none.write("test", new Quote(SECRET)))
			.withMessage("Client 'test' cannot send an object of type " + Quote.class.getTypeName()
					+ ": no converter writes it. Add the dependency "
					+ "org.springframework.boot:spring-boot-starter-jackson, or define a HeartbeatMessageConverter "
					+ "bean that writes it.")
			.withNoCause();
	}

	@Test
	void aFailedConversionSaysNothingOfThePayloadAboveDebug() {
		Quote[] payload = { new Quote(SECRET) };
		PayloadConverters failing = new PayloadConverters(() -> List.of(new Failing()));
		assertThatIllegalArgumentException().isThrownBy(() -> failing.write("test", payload))
			.withMessageContaining("Client 'test' cannot send an object of type " + Quote.class.getTypeName() + "[]")
			.withMessageContaining("threw java.lang.IllegalStateException")
			.withMessageNotContaining(SECRET)
			.withNoCause();
		assertThat(this.log.lines()).isEmpty();
		this.log.level(Level.DEBUG);
		assertThatIllegalArgumentException().isThrownBy(() -> failing.write("test", payload));
		assertThat(this.log.lines()).singleElement()
			.satisfies((line) -> assertThat(line.getThrowableProxy().getMessage()).contains(SECRET));
	}

	private static final class Failing implements HeartbeatMessageConverter {

		@Override
		public boolean canRead(ResolvableType type) {
			return true;
		}

		@Override
		public Object read(WebSocketMessage<?> message, ResolvableType type) {
			return SECRET;
		}

		@Override
		public boolean canWrite(Class<?> type) {
			return true;
		}

		@Override
		public WebSocketMessage<?> write(Object payload) {
			throw new IllegalStateException(SECRET);
		}

	}

	@Test
	void aResultOfAnotherTypeIsNotPassedOn() {
		PayloadReader reader = new PayloadConverters(() -> List.of(new Failing()))
			.reader(ResolvableType.forClass(Quote.class));
		assertThatIllegalStateException().isThrownBy(() -> reader.read(new TextMessage("a")))
			.withMessage("The converter returned null or another type");
	}

	@Test
	void jsonNullIsNotConverted() {
		PayloadReader reader = this.withJson.reader(ResolvableType.forClass(Quote.class));
		assertThatIllegalStateException().isThrownBy(() -> reader.read(new TextMessage("null")));
	}

	@Test
	void malformedJsonIsNotConverted() {
		PayloadReader reader = this.withJson.reader(ResolvableType.forClass(Quote.class));
		assertThatExceptionOfType(tools.jackson.core.JacksonException.class)
			.isThrownBy(() -> reader.read(new TextMessage("{\"symbol\":\"A\"} trailing")));
	}

	@Test
	void theConverterForJsonIsLastWhateverItsPlace() {
		Failing other = new Failing();
		PayloadConverters converters = new PayloadConverters(() -> List.of(this.json, other));
		assertThatIllegalArgumentException().isThrownBy(() -> converters.write("test", new Quote("a")))
			.withMessageContaining("IllegalStateException");
	}

	@Test
	void theConvertersAreResolvedOnceAndTheOneOfAClassIsFoundOnce() {
		AtomicInteger resolved = new AtomicInteger();
		AtomicInteger asked = new AtomicInteger();
		PayloadConverters converters = new PayloadConverters(() -> {
			resolved.incrementAndGet();
			return List.of(new HeartbeatMessageConverter() {

				@Override
				public boolean canRead(ResolvableType type) {
					return false;
				}

				@Override
				public Object read(WebSocketMessage<?> message, ResolvableType type) {
					throw new UnsupportedOperationException();
				}

				@Override
				public boolean canWrite(Class<?> type) {
					asked.incrementAndGet();
					return true;
				}

				@Override
				public WebSocketMessage<?> write(Object payload) {
					return new TextMessage("written");
				}

			});
		});
		assertThat(resolved).hasValue(0);
		converters.write("test", "text");
		assertThat(resolved).hasValue(0);
		converters.write("test", new Quote("a"));
		converters.write("test", new Quote("b"));
		assertThat(resolved).hasValue(1);
		assertThat(asked).hasValue(1);
		assertThat(converters.reader(ResolvableType.forClass(Quote.class))).isNull();
	}

}
