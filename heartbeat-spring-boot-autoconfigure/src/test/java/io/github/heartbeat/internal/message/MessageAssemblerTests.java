package io.github.heartbeat.internal.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.github.heartbeat.internal.message.MessageAssembler.MessageTooLargeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MessageAssemblerTests {

	private final MessageAssembler assembler = new MessageAssembler(20);

	@Test
	void aWholeTextIsPassedOnAsItIs() throws Exception {
		TextMessage message = new TextMessage("whole");
		assertThat((Object) this.assembler.add(message)).isSameAs(message);
	}

	@Test
	void piecesOfTextArePutTogether() throws Exception {
		assertThat((Object) this.assembler.add(new TextMessage("one ", false))).isNull();
		assertThat((Object) this.assembler.add(new TextMessage("", false))).isNull();
		assertThat((Object) this.assembler.add(new TextMessage("two", true))).isEqualTo(new TextMessage("one two"));
		assertThat((Object) this.assembler.add(new TextMessage("next", true))).isEqualTo(new TextMessage("next"));
	}

	@Test
	void piecesOfBinaryArePutTogetherAndCopied() throws Exception {
		byte[] buffer = { 1, 2 };
		assertThat((Object) this.assembler.add(new BinaryMessage(ByteBuffer.wrap(buffer), false))).isNull();
		buffer[0] = 9;
		WebSocketMessage<?> message = this.assembler.add(new BinaryMessage(ByteBuffer.wrap(buffer), true));
		assertThat(message.getPayload()).isEqualTo(ByteBuffer.wrap(new byte[] { 1, 2, 9, 2 }));
		byte[] whole = { 5 };
		message = this.assembler.add(new BinaryMessage(ByteBuffer.wrap(whole)));
		whole[0] = 9;
		assertThat(message.getPayload()).isEqualTo(ByteBuffer.wrap(new byte[] { 5 }));
	}

	@ParameterizedTest
	@ValueSource(strings = { "12345678901234567890", "ööööööööö€€", "🚀🚀🚀🚀🚀", "€€€€€€ö", "\uD83D 567890123456789" })
	void theLimitCountsUtf8Bytes(String text) throws Exception {
		int bytes = text.getBytes(StandardCharsets.UTF_8).length;
		boolean loneSurrogate = text.startsWith("\uD83D ");
		int length = loneSurrogate ? bytes + 2 : bytes;
		MessageAssembler exact = new MessageAssembler(length);
		assertThat(exact.add(new TextMessage(text)).getPayload()).isEqualTo(text);
		for (int cut = 1; cut < text.length(); cut++) {
			exact.add(new TextMessage(text.substring(0, cut), false));
			assertThat(exact.add(new TextMessage(text.substring(cut), true)).getPayload()).isEqualTo(text);
		}
		MessageAssembler tooSmall = new MessageAssembler(length - 1);
		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> tooSmall.add(new TextMessage(text)));
		for (int cut = 1; cut < text.length(); cut++) {
			String rest = text.substring(cut);
			String first = text.substring(0, cut);
			assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> {
				tooSmall.add(new TextMessage(first, false));
				tooSmall.add(new TextMessage(rest, true));
			});
		}
	}

	@Test
	void endlessFragmentsEndAtTheLimit() {
		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> {
			for (int i = 0; i < 1000; i++) {
				this.assembler.add(new BinaryMessage(new byte[] { 1 }, false));
			}
		});
	}

}
