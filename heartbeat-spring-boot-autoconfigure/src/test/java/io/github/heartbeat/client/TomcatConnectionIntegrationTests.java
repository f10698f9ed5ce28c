package io.github.heartbeat.client;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatContainer;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract on Tomcat's WebSocket client.
 */
class TomcatConnectionIntegrationTests extends ConnectionContract {

	@Override
	HeartbeatContainer container() {
		return HeartbeatContainer.TOMCAT;
	}

	/**
	 * Two buffers of this size are kept for each connection from its first message on.
	 */
	@Test
	void buffersStaySmallHoweverLargeAMessageMayBe() {
		HeartbeatClient client = open(settings().maxMessageSize(DataSize.ofMegabytes(100)));
		client.send("message").join();
		log().await("MESSAGE");
		assertThat(client.getSession().getTextMessageSizeLimit()).isEqualTo(1024);
		assertThat(client.getSession().getBinaryMessageSizeLimit()).isEqualTo(1024);
	}

}
