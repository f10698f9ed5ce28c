package io.github.heartbeat.internal.lease;

/**
 * Thrown when a client is led and there is no store for its lease.
 */
public final class LeaseStoreException extends RuntimeException {

	private final String action;

	/**
	 * Create an exception.
	 * @param description what is wrong
	 * @param action what the user can do
	 */
	public LeaseStoreException(String description, String action) {
		super(description);
		this.action = action;
	}

	/**
	 * Return what the user can do.
	 */
	public String action() {
		return this.action;
	}

}
