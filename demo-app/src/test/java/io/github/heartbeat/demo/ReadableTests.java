package io.github.heartbeat.demo;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Verifies what of a peer's text reaches the console.
 */
class ReadableTests {

	/**
	 * Control characters, also those beyond ASCII, line separators, characters that
	 * change the direction or are invisible, and a lone surrogate.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 0x00, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0x9B, 0x9D, 0xAD, 0x200B, 0x200F, 0x2028, 0x2029, 0x202E,
			0x2066, 0xFEFF, 0xD83D, 0xE0041 })
	void aPeerControlsNoTerminal(int character) {
		String text = "a" + Character.toString(character) + "b";
		assertThat(Readable.plain(text)).isEqualTo("a b");
		assertThat(Readable.line(text)).isEqualTo("a b");
	}

	@Test
	void otherTextsAreNotChanged() {
		assertThat(Readable.line("Größe 1 µs, 温度 ☃ 😀")).isEqualTo("Größe 1 µs, 温度 ☃ 😀");
	}

	@Test
	void aLongTextIsNotCutWithinACharacter() {
		String before = "x".repeat(59);
		assertThat(Readable.line(before + "😀")).isEqualTo(before + "…");
		assertThat(Readable.line(before + "y😀")).isEqualTo(before + "y…");
		assertThat(Readable.line(before + "y")).isEqualTo(before + "y");
	}

}
