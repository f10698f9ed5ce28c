package io.github.heartbeat;

import java.util.function.BinaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Definition of one setting of a client.
 *
 * @param <T> the type of the value
 * @param index the position in {@link SettingDefinitions}
 * @param key the key as written in a configuration file, or the name of the builder's
 * method if only the builder has the setting
 * @param defaultValue the default or {@code null} if there is none
 * @param check the check of a single value
 * @param merge combines the value of a client with that of {@code heartbeat.defaults}, or
 * {@code null} if the value of the client replaces that of the defaults
 */
record SettingDefinition<T>(int index, String key, @Nullable T defaultValue, Check<? super T> check,
		@Nullable BinaryOperator<T> merge) {

	/**
	 * Check a value.
	 * @throws InvalidHeartbeatSettingException if the value is invalid
	 */
	void validate(T value) {
		this.check.check(this.key, value);
	}

	/**
	 * Check of a single value.
	 *
	 * @param <T> the type of the value
	 */
	@FunctionalInterface
	interface Check<T> {

		/**
		 * Check a value.
		 * @param key the key of the setting
		 * @param value the value
		 * @throws InvalidHeartbeatSettingException if the value is invalid
		 */
		void check(String key, T value);

	}

}
