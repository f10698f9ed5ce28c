package io.github.heartbeat.demo;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Faults on demand. Answers on the loopback address only, as the whole demo does, and not
 * to the pages of other sites that a browser on this machine shows.
 */
@RestController
@RequestMapping(path = "/faults", produces = MediaType.TEXT_PLAIN_VALUE)
class FaultController {

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofHours(1);

	private final Faults faults;

	private final FaultForecast forecast;

	FaultController(Faults faults, FaultForecast forecast) {
		this.faults = faults;
		this.forecast = forecast;
	}

	@GetMapping
	String describe() {
		Faults.State current = this.faults.current();
		return "Now: " + current.fault() + ((current.until() != null) ? " until " + current.until() : "") + ", with "
				+ this.faults.connections() + " connections.\n" + known() + "\n";
	}

	@PostMapping("/{name}")
	ResponseEntity<String> begin(@PathVariable String name,
			@RequestParam(name = "for", defaultValue = "10s") String time,
			@RequestHeader(name = HttpHeaders.ORIGIN, required = false) @Nullable String origin,
			@RequestHeader(HttpHeaders.HOST) String host) {
		if (origin != null && !origin.equals("http://" + host)) {
			return answer(HttpStatus.FORBIDDEN, "Pages of other sites may not ask for faults.");
		}
		Fault fault = Fault.named(name);
		if (fault == null) {
			return answer(HttpStatus.NOT_FOUND, "There is no such fault.\n" + known());
		}
		Duration duration = parse(time);
		if (duration == null || duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
			return answer(HttpStatus.BAD_REQUEST, "The time must be between 1ms and 1h, such as ?for=10s.");
		}
		this.faults.begin(fault, duration);
		return answer(HttpStatus.OK, this.forecast.of(fault, duration));
	}

	private static @Nullable Duration parse(String time) {
		try {
			return DurationStyle.detectAndParse(time);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static ResponseEntity<String> answer(HttpStatus status, String text) {
		return ResponseEntity.status(status).body(text + "\n");
	}

	private static String known() {
		return Arrays.stream(Fault.values())
			.map((fault) -> String.format(Locale.ROOT, "POST /faults/%-14s  %s",
					fault + (fault.isTimed() ? "?for=10s" : ""), fault.description()))
			.collect(Collectors.joining("\n"));
	}

}
