package io.github.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a setting has an invalid value. If several settings are invalid, this is
 * the failure of the first one, and the failures of the others are its suppressed
 * exceptions.
 *
 * @since 0.1.0
 */
public final class InvalidHeartbeatSettingException extends IllegalArgumentException {

	private final String key;

	private final @Nullable String value;

	private final String reason;

	private final String action;

	/**
	 * Create a new exception.
	 * @param key the key as written in a configuration file
	 * @param value the value without secrets, or {@code null} if it is not shown
	 * @param reason why the value is invalid, as the predicate of a sentence
	 * @param action how to fix it, as a sentence
	 */
	public InvalidHeartbeatSettingException(String key, @Nullable String value, String reason, String action) {
		super("'" + key + "' " + ((value != null) ? "is '" + value + "', which " : "") + reason + ". " + action);
		this.key = key;
		this.value = value;
		this.reason = reason;
		this.action = action;
	}

	/**
	 * Return the key.
	 * @return the key as written in a configuration file
	 */
	public String getKey() {
		return this.key;
	}

	/**
	 * Return the value.
	 * @return the value without secrets, or {@code null} if it is not shown
	 */
	public @Nullable String getValue() {
		return this.value;
	}

	/**
	 * Return why the value is invalid.
	 * @return the reason
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Return how to fix the value.
	 * @return the action
	 */
	public String getAction() {
		return this.action;
	}

	/**
	 * Return a copy of this exception with a prefix before the key. The keys of
	 * suppressed exceptions get the prefix as well.
	 * @param prefix the prefix, including its trailing dot
	 * @return the new exception
	 */
	public InvalidHeartbeatSettingException withPrefix(String prefix) {
		InvalidHeartbeatSettingException copy = new InvalidHeartbeatSettingException(prefix + this.key, this.value,
				this.reason, this.action);
		for (Throwable suppressed : getSuppressed()) {
			copy.addSuppressed((suppressed instanceof InvalidHeartbeatSettingException other) ? other.withPrefix(prefix)
					: suppressed);
		}
		return copy;
	}

}
