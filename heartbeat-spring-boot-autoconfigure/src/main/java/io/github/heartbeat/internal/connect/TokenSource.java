package io.github.heartbeat.internal.connect;

import io.github.heartbeat.InvalidHeartbeatSettingException;

/**
 * Source of the access tokens of {@code oauth2.client-registration-id}.
 */
public interface TokenSource {

	/**
	 * Check that tokens of a registration can be fetched without a person.
	 * @throws InvalidHeartbeatSettingException if they cannot
	 */
	void check(String registrationId);

	/**
	 * Return the stored token, or fetch one if there is none or it expires soon. Blocks
	 * until the authorization server has answered.
	 * @throws TokenRequestException if no token can be obtained
	 * @throws InterruptedException if the thread was interrupted
	 */
	AccessToken get(String registrationId) throws InterruptedException;

	/**
	 * Remove a token from the store, so that the next call fetches another one. Nothing
	 * happens if the store has another one already. Does not block.
	 */
	void drop(String registrationId, AccessToken token);

}
