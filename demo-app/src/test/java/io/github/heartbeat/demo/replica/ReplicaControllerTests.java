package io.github.heartbeat.demo.replica;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Verifies the refusals. {@link ReplicaProcessesIntegrationTests} freezes a process.
 */
class ReplicaControllerTests {

	@Test
	void aSystemWithoutShellIsNotFrozen() throws Exception {
		ResponseEntity<String> answer = controller("/no/such/shell").freeze("10s");
		assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.NOT_IMPLEMENTED);
		assertThat(answer.getBody()).contains("POSIX", "/no/such/shell");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0s", "999ms", "-1s", "61s", "1d", "1; reboot", "" })
	void anUnboundedTimeIsRefused(String time) throws Exception {
		ResponseEntity<String> answer = controller("/bin/sh").freeze(time);
		assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
		assertThat(answer.getBody()).contains("between 1s and 1m");
	}

	private static ReplicaController controller(String shell) {
		return new ReplicaController(new ReplicaProcess(new ThreadPoolTaskScheduler(), Path.of(shell)));
	}

}
