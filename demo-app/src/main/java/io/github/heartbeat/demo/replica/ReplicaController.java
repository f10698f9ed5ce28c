package io.github.heartbeat.demo.replica;

import java.io.IOException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Freezes or kills this replica on request. Responds with text.
 */
@RestController
@Profile("replica")
class ReplicaController {

	private static final String USUAL_TIME = "10s";

	private static final Duration SHORTEST = Duration.ofSeconds(1);

	private static final Duration LONGEST = Duration.ofMinutes(1);

	private final ReplicaProcess process;

	ReplicaController(ReplicaProcess process) {
		this.process = process;
	}

	@PostMapping(path = "/replica/freeze", produces = MediaType.TEXT_PLAIN_VALUE)
	ResponseEntity<String> freeze(@RequestParam(name = "for", defaultValue = USUAL_TIME) String time)
			throws IOException {
		String obstacle = this.process.whyNotFreezable();
		if (obstacle != null) {
			return answer(HttpStatus.NOT_IMPLEMENTED, obstacle);
		}
		Duration duration = parse(time);
		if (duration == null || duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
			return answer(HttpStatus.BAD_REQUEST,
					"The time must be between 1s and 1m, such as ?for=" + USUAL_TIME + ".");
		}
		this.process.freeze(duration.toSeconds());
		return answer(HttpStatus.OK,
				"Process " + this.process.pid() + " stops now and continues after " + duration.toSeconds() + " s.");
	}

	private static @Nullable Duration parse(String time) {
		try {
			return DurationStyle.detectAndParse(time);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	@PostMapping(path = "/replica/kill", produces = MediaType.TEXT_PLAIN_VALUE)
	ResponseEntity<String> kill() {
		this.process.kill();
		return answer(HttpStatus.OK, "Process " + this.process.pid() + " ends now and closes nothing.");
	}

	private static ResponseEntity<String> answer(HttpStatus status, String text) {
		return ResponseEntity.status(status).body(text + "\n");
	}

}
