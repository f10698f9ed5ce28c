package io.github.heartbeat.demo.replica;

import io.github.heartbeat.demo.DemoRun;
import io.github.heartbeat.demo.FreePort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Starts a replica before its server.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ReplicaWithoutDatabaseIntegrationTests {

	@Test
	void theAnalysisNamesTheServer(CapturedOutput output) {
		int port = FreePort.find();
		assertThatException()
			.isThrownBy(() -> DemoRun.start("--spring.profiles.active=replica", "--demo.replica.database-port=" + port)
				.close());
		assertThat(output).contains("APPLICATION FAILED TO START", "jdbc:h2:tcp://127.0.0.1:" + port + "/mem:replicas",
				"--spring.profiles.active=replica-server");
	}

}
