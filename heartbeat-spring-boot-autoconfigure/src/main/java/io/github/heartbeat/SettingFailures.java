package io.github.heartbeat;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the failures of several checks, so that all invalid settings are reported at
 * once.
 */
final class SettingFailures {

	private final List<InvalidHeartbeatSettingException> failures = new ArrayList<>();

	/**
	 * Run a check and add its failures.
	 */
	void check(Runnable check) {
		try {
			check.run();
		}
		catch (InvalidHeartbeatSettingException ex) {
			this.failures.add(ex);
			for (Throwable suppressed : ex.getSuppressed()) {
				if (suppressed instanceof InvalidHeartbeatSettingException other) {
					this.failures.add(other);
				}
			}
		}
	}

	/**
	 * Return whether a check of the setting failed.
	 */
	boolean contain(SettingDefinition<?> setting) {
		return this.failures.stream().anyMatch((failure) -> failure.getKey().equals(setting.key()));
	}

	/**
	 * Throw the first failure with the others as suppressed exceptions.
	 * @throws InvalidHeartbeatSettingException if there is a failure
	 */
	void throwIfAny() {
		if (this.failures.isEmpty()) {
			return;
		}
		InvalidHeartbeatSettingException first = this.failures.get(0);
		List<Throwable> suppressed = List.of(first.getSuppressed());
		this.failures.stream().skip(1).filter((failure) -> !suppressed.contains(failure)).forEach(first::addSuppressed);
		throw first;
	}

}
