package io.github.heartbeat.internal.message;

/**
 * Properties of the UTF-8 encoding of a text, determined without encoding it.
 */
public final class Utf8 {

	private Utf8() {
	}

	public static long length(String text) {
		return length(text, (char) 0);
	}

	/**
	 * Return the encoded length of a fragment of text, in bytes. A surrogate pair has
	 * four bytes even if it is split between two fragments: three bytes count for the
	 * high surrogate and one for the low surrogate.
	 * @param fragment the fragment
	 * @param previous the last character of the previous fragment, or 0 if there is none
	 */
	static long length(String fragment, char previous) {
		long length = 0;
		char last = previous;
		for (int i = 0; i < fragment.length(); i++) {
			char current = fragment.charAt(i);
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
	 * Whether a text can be encoded. An unpaired surrogate cannot be encoded.
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
