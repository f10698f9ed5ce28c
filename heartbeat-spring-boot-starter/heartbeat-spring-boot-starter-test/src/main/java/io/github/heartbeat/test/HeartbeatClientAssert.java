package io.github.heartbeat.test;

import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import org.assertj.core.api.AbstractObjectAssert;
import org.assertj.core.api.Assertions;

/**
 * Assertions of a WebSocket client. With the real clock they wait up to 5 seconds until
 * they hold. With the manual clock the client first does what is due.
 *
 * @since 0.1.0
 */
public final class HeartbeatClientAssert extends AbstractObjectAssert<HeartbeatClientAssert, HeartbeatClient> {

	HeartbeatClientAssert(HeartbeatClient actual) {
		super(actual, HeartbeatClientAssert.class);
	}

	/**
	 * Verify that the client is open.
	 * @return this
	 */
	public HeartbeatClientAssert isOpen() {
		return hasState(HeartbeatClientState.OPEN);
	}

	/**
	 * Verify that the client waits for its next attempt.
	 * @return this
	 */
	public HeartbeatClientAssert isWaiting() {
		return hasState(HeartbeatClientState.WAITING);
	}

	/**
	 * Verify that the client is connecting.
	 * @return this
	 */
	public HeartbeatClientAssert isConnecting() {
		return hasState(HeartbeatClientState.CONNECTING);
	}

	/**
	 * Verify that the client is stopped.
	 * @return this
	 */
	public HeartbeatClientAssert isStopped() {
		return hasState(HeartbeatClientState.STOPPED);
	}

	/**
	 * Verify that the client has given up.
	 * @return this
	 */
	public HeartbeatClientAssert isExhausted() {
		return hasState(HeartbeatClientState.EXHAUSTED);
	}

	/**
	 * Verify the state of the client.
	 * @param expected the expected state
	 * @return this
	 */
	public HeartbeatClientAssert hasState(HeartbeatClientState expected) {
		isNotNull();
		if (!TestServers.of(this.actual).await(() -> this.actual.getState() == expected)) {
			failWithMessage("Expected client '%s' to be %s, but it is %s. Its last error is: %s", this.actual.getName(),
					expected, this.actual.getState(), this.actual.getSnapshot().lastError());
		}
		return this;
	}

	/**
	 * Verify that the server has received texts from the client, in this order. Other
	 * texts may come between.
	 * @param texts the texts
	 * @return this
	 */
	public HeartbeatClientAssert hasReceived(String... texts) {
		isNotNull();
		HeartbeatTestServer server = TestServers.of(this.actual);
		HeartbeatTestServer.Client client = server.client(this.actual.getName());
		List<String> expected = List.of(texts);
		server.await(() -> containsInOrder(client.received(), expected));
		Assertions.assertThat(client.received())
			.as("what the server has received from client '%s'", this.actual.getName())
			.containsSubsequence(expected);
		return this;
	}

	private static boolean containsInOrder(List<String> received, List<String> expected) {
		int found = 0;
		for (String text : received) {
			if (found < expected.size() && text.equals(expected.get(found))) {
				found++;
			}
		}
		return found == expected.size();
	}

}
