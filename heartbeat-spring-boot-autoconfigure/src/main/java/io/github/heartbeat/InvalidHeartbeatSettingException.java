package io.github.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * A setting has a value that cannot work.
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
	 * @param value the value without secrets, or {@code null} if there is none
	 * @param reason what is wrong with it, following "the value"
	 * @param action what to do about it, as a sentence
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
	 * @return the value without secrets, or {@code null} if there is none
	 */
	public @Nullable String getValue() {
		return this.value;
	}

	/**
	 * Return what is wrong.
	 * @return the reason
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Return what to do about it.
	 * @return the action
	 */
	public String getAction() {
		return this.action;
	}

	/**
	 * Return this exception with a longer key.
	 * @param prefix what to put in front of the key
	 * @return the new exception
	 */
	public InvalidHeartbeatSettingException withPrefix(String prefix) {
		return new InvalidHeartbeatSettingException(prefix + this.key, this.value, this.reason, this.action);
	}

}
