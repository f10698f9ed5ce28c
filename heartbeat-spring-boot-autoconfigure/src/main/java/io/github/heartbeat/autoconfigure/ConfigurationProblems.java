package io.github.heartbeat.autoconfigure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Collects the mistakes of a configuration. A key with a mistake has no value, so that
 * later checks would complain about it again: they add nothing for such a key.
 */
final class ConfigurationProblems {

	private static final String RECONNECT_TIMEOUT = "reconnect-timeout";

	private final ConfiguredKeys keys;

	private final List<Located> problems = new ArrayList<>();

	/** Keys without a usable value. */
	private final List<ConfigurationPropertyName> unusable = new ArrayList<>();

	ConfigurationProblems(ConfiguredKeys keys) {
		this.keys = keys;
	}

	/**
	 * Add a problem unless the key has another one with the same reason.
	 * @param name the complete key
	 * @param failure the failure, whose key is complete
	 * @param origin the origin of the key
	 */
	void add(ConfigurationPropertyName name, InvalidHeartbeatSettingException failure, @Nullable String origin) {
		add(this.keys.position(name), failure, origin);
	}

	private void add(int position, InvalidHeartbeatSettingException failure, @Nullable String origin) {
		if (this.problems.stream()
			.map((located) -> located.problem().failure())
			.noneMatch((other) -> other.getKey().equals(failure.getKey())
					&& other.getReason().equals(failure.getReason()))) {
			this.problems.add(new Located(position, new ConfigurationProblem(failure, origin)));
		}
	}

	/**
	 * Mark a key, and all keys below it, as one without a usable value.
	 */
	void unusable(ConfigurationPropertyName name) {
		this.unusable.add(name);
	}

	boolean isUnusable(ConfigurationPropertyName name) {
		return this.unusable.stream().anyMatch((other) -> other.equals(name) || other.isAncestorOf(name));
	}

	/**
	 * Run a check that throws failures, and add them.
	 * @param prefix the key of the client, of the defaults, or {@code heartbeat}
	 * @param check the check
	 * @return the first failure, or {@code null} if there is none
	 */
	@Nullable InvalidHeartbeatSettingException check(ConfigurationPropertyName prefix, Runnable check) {
		try {
			check.run();
			return null;
		}
		catch (InvalidHeartbeatSettingException ex) {
			Stream.concat(Stream.of(ex), Stream.of(ex.getSuppressed()))
				.filter(InvalidHeartbeatSettingException.class::isInstance)
				.map(InvalidHeartbeatSettingException.class::cast)
				.forEach((failure) -> add(prefix, failure));
			return ex;
		}
	}

	/**
	 * Add a failure of a setting. If the value comes from {@code heartbeat.defaults}, the
	 * problem has the key of the defaults.
	 */
	private void add(ConfigurationPropertyName prefix, InvalidHeartbeatSettingException failure) {
		String key = failure.getKey();
		ConfigurationPropertyName name = name(prefix, key);
		ConfigurationPropertyName place = prefix;
		ConfigurationPropertyName ofDefaults = name(ConfiguredKeys.DEFAULTS, key);
		if (ConfiguredKeys.CLIENTS.isAncestorOf(prefix) && !this.keys.isSet(name) && this.keys.isSet(ofDefaults)) {
			name = ofDefaults;
			place = ConfiguredKeys.DEFAULTS;
		}
		if (isUnusable(name) || dependsOnUnusable(prefix, failure)) {
			return;
		}
		ConfigurationPropertyName located = this.keys.isSet(name) ? name : place;
		add(this.keys.position(located), failure(failure, place), this.keys.origin(located));
	}

	/**
	 * Return whether a failure compares the value with that of another key that has no
	 * usable value.
	 */
	private boolean dependsOnUnusable(ConfigurationPropertyName prefix, InvalidHeartbeatSettingException failure) {
		if (failure.getReason().contains("'" + RECONNECT_TIMEOUT + "'")) {
			return isUnusable(prefix.append(RECONNECT_TIMEOUT))
					|| isUnusable(ConfiguredKeys.DEFAULTS.append(RECONNECT_TIMEOUT));
		}
		return failure.getAction().contains("'heartbeat.container")
				&& isUnusable(ConfiguredKeys.PREFIX.append("container"));
	}

	private static ConfigurationPropertyName name(ConfigurationPropertyName prefix, String key) {
		return prefix.append(ConfigurationPropertyName.adapt(key, '.'));
	}

	private static InvalidHeartbeatSettingException failure(InvalidHeartbeatSettingException failure,
			ConfigurationPropertyName place) {
		return new InvalidHeartbeatSettingException(KeyText.of(place) + "." + failure.getKey(), failure.getValue(),
				failure.getReason(), failure.getAction());
	}

	/**
	 * Throw the problems in the order of the configuration.
	 * @throws InvalidHeartbeatConfigurationException if there is a problem
	 */
	void throwIfAny() {
		if (!this.problems.isEmpty()) {
			throw new InvalidHeartbeatConfigurationException(this.problems.stream()
				.sorted(Comparator.comparingInt(Located::position))
				.map(Located::problem)
				.toList());
		}
	}

	private record Located(int position, ConfigurationProblem problem) {
	}

}
