package io.github.heartbeat.internal.message;

/**
 * What there is to know of UTF-8 without encoding.
 */
public final class Utf8 {

	private Utf8() {
	}

	public static long length(String text) {
		return length(text, (char) 0);
	}

	/**
	 * Return the length of a piece of text. A pair of surrogates has four bytes, whether
	 * or not a cut goes through it: three are counted for the high one and one for the
	 * low one.
	 * @param piece the piece
	 * @param previous the last character of the piece before, or 0
	 */
	public static long length(String piece, char previous) {
		long length = 0;
		char last = previous;
		for (int i = 0; i < piece.length(); i++) {
			char current = piece.charAt(i);
			if (current < 0x80) {
				length++;
			}
			else if (current < 0x800) {
				length += 2;
			}
			else if (Character.isLowSurrogate(current) && Character.isHighSurrogate(last)) {
				length++;
			}
			else {
				length += 3;
			}
			last = current;
		}
		return length;
	}

	/**
	 * Whether a text can be encoded: half a surrogate pair cannot.
	 */
	static boolean isEncodable(String text) {
		for (int i = 0; i < text.length(); i++) {
			char current = text.charAt(i);
			if (!Character.isSurrogate(current)) {
				continue;
			}
			i++;
			if (Character.isLowSurrogate(current) || i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
				return false;
			}
		}
		return true;
	}

}
