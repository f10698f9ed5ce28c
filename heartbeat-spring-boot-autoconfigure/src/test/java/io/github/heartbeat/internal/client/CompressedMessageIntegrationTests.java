package io.github.heartbeat.internal.client;

import java.io.IOException;

import io.github.heartbeat.HeartbeatClientSettings;
import org.junit.jupiter.api.BeforeEach;

/**
 * Repeats the tests of {@link MessageIntegrationTests} with compression.
 */
@RequiresSocket("nothing is compressed")
class CompressedMessageIntegrationTests extends MessageIntegrationTests {

	@BeforeEach
	@Override
	protected void start() throws IOException {
		super.start();
		server().compress();
	}

	@Override
	protected HeartbeatClientSettings.Builder settings(String url) {
		return super.settings(url).compressionEnabled(true);
	}

}
