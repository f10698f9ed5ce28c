package io.github.heartbeat;

import java.util.Objects;
import java.util.function.BinaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Immutable values of settings. Distinguishes a setting that is not set from one that is
 * set to its default or set to none.
 */
final class SettingValues {

	/** Set to none, so that the value of {@code heartbeat.defaults} does not apply. */
	private static final Object NONE = new Object();

	static final SettingValues EMPTY = new SettingValues(new @Nullable Object[SettingDefinitions.ALL.size()]);

	/** By the index of the setting; {@code null} where it is not set. */
	private final @Nullable Object[] values;

	private SettingValues(@Nullable Object[] values) {
		this.values = values;
	}

	/**
	 * Return the value of a setting that has a default.
	 */
	<T> T get(SettingDefinition<T> setting) {
		return Objects.requireNonNull(find(setting), setting.key());
	}

	/**
	 * Return the value of a setting, its default if it is not set, or {@code null} if it
	 * has neither.
	 */
	@SuppressWarnings("unchecked")
	<T> @Nullable T find(SettingDefinition<T> setting) {
		Object value = this.values[setting.index()];
		if (value == null) {
			return setting.defaultValue();
		}
		return (value != NONE) ? (T) value : null;
	}

	boolean isSet(SettingDefinition<?> setting) {
		return this.values[setting.index()] != null;
	}

	/**
	 * Return a copy with another value.
	 */
	<T> SettingValues with(SettingDefinition<T> setting, T value) {
		return copy(setting, value);
	}

	/**
	 * Return a copy in which a setting is set to none.
	 */
	SettingValues withNone(SettingDefinition<?> setting) {
		return copy(setting, NONE);
	}

	/**
	 * Return a copy in which a setting is not set.
	 */
	SettingValues without(SettingDefinition<?> setting) {
		return copy(setting, null);
	}

	private SettingValues copy(SettingDefinition<?> setting, @Nullable Object value) {
		@Nullable Object[] copy = this.values.clone();
		copy[setting.index()] = value;
		return new SettingValues(copy);
	}

	/**
	 * Return a copy in which other values apply to the settings that are not set here.
	 */
	SettingValues withDefaults(SettingValues defaults) {
		@Nullable Object[] merged = new @Nullable Object[this.values.length];
		for (SettingDefinition<?> setting : SettingDefinitions.ALL) {
			merged[setting.index()] = merge(setting, defaults);
		}
		return new SettingValues(merged);
	}

	private <T> @Nullable Object merge(SettingDefinition<T> setting, SettingValues defaults) {
		BinaryOperator<T> merge = setting.merge();
		if (merge != null) {
			return merge.apply(get(setting), defaults.get(setting));
		}
		Object own = this.values[setting.index()];
		return (own != null) ? own : defaults.values[setting.index()];
	}

	/**
	 * Check each value for itself.
	 */
	void validate(SettingFailures failures) {
		SettingDefinitions.ALL.forEach((setting) -> validate(setting, failures));
	}

	private <T> void validate(SettingDefinition<T> setting, SettingFailures failures) {
		T value = find(setting);
		if (value != null) {
			failures.check(() -> setting.validate(value));
		}
	}

}
