package io.github.heartbeat.demo.replica;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.heartbeat.demo.DemoProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs three replicas of the packaged demo and its server, each in a process, and takes
 * the leader away.
 */
@Timeout(180)
class ReplicaProcessesIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	@Test
	void anotherReplicaLeadsWhenTheLeaderIsKilledOrFrozen(@TempDir Path directory) throws Exception {
		try (Replicas replicas = new Replicas(directory, 3)) {
			DemoProcess first = replicas.awaitLeader(replicas.all());
			for (DemoProcess other : replicas.allBut(first)) {
				assertThat(other.get("actuator/heartbeat")).contains("\"state\":\"STANDBY\"").doesNotContain("OPEN");
				assertThat(other.get("actuator/health")).contains("\"db\":").contains("\"STANDBY\"");
			}
			assertThat(replicas.connections()).isEqualTo("Now: normal, with 2 connections.");
			first.kill();
			List<DemoProcess> living = replicas.allBut(first);
			DemoProcess second = replicas.awaitLeader(living);
			DemoProcess third = replicas.allBut(first, second).get(0);
			Awaitility.await().atMost(LONG).until(() -> replicas.connections().endsWith("with 2 connections."));
			assertThat(second.post("replica/freeze", "Origin", "http://example.com").statusCode()).isEqualTo(403);
			assertThat(second.post("replica/freeze?for=15s").body()).endsWith("continues after 15 s.\n");
			assertThat(replicas.awaitLeader(List.of(third))).isSameAs(third);
			assertThat(second.get("actuator/heartbeat")).as("the first leader is frozen").isNull();
			Awaitility.await().atMost(LONG).until(() -> second.output().contains("any more: FENCED"));
			assertThat(replicas.awaitLeader(living)).isSameAs(third);
			assertThat(second.get("actuator/heartbeat")).contains("\"state\":\"STANDBY\"").doesNotContain("OPEN");
			assertThat(third.output()).contains("GRANTED").doesNotContain("LOST");
			Awaitility.await().atMost(LONG).until(() -> replicas.connections().endsWith("with 2 connections."));
		}
	}

}
