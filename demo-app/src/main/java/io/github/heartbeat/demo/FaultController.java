package io.github.heartbeat.demo;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Starts faults on request. Responds with text for a terminal and with JSON for the page.
 */
@RestController
class FaultController {

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final String USUAL_TIME = "10s";

	private static final Duration LONGEST = Duration.ofHours(1);

	private final Faults faults;

	private final FaultForecast forecast;

	FaultController(Faults faults, FaultForecast forecast) {
		this.faults = faults;
		this.forecast = forecast;
	}

	@GetMapping(path = "/faults", produces = MediaType.TEXT_PLAIN_VALUE)
	String describe() {
		Faults.State current = this.faults.current();
		return "Now: " + current.fault() + ((current.until() != null) ? " until " + current.until() : "") + ", with "
				+ this.faults.connections() + " connections.\n" + known() + "\n";
	}

	@GetMapping("/faults.json")
	Description describeAll() {
		Duration usualTime = DurationStyle.detectAndParse(USUAL_TIME);
		Faults.State now = this.faults.current();
		return new Description(now,
				Arrays.stream(Fault.values())
					.map((fault) -> new Choice(fault.toString(), this.forecast.of(fault, usualTime, now).text()))
					.toList());
	}

	@PostMapping(path = "/faults/{name}", produces = MediaType.TEXT_PLAIN_VALUE)
	ResponseEntity<String> begin(@PathVariable String name,
			@RequestParam(name = "for", defaultValue = USUAL_TIME) String time) {
		Fault fault = Fault.named(name);
		if (fault == null) {
			return answer(HttpStatus.NOT_FOUND, "There is no such fault.\n" + known());
		}
		Duration duration = parse(time);
		if (duration == null || duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
			return answer(HttpStatus.BAD_REQUEST,
					"The time must be between 1ms and 1h, such as ?for=" + USUAL_TIME + ".");
		}
		return answer(HttpStatus.OK, this.faults.begin(fault, duration).text());
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
					fault + (fault.isTimed() ? "?for=" + USUAL_TIME : ""), fault.description()))
			.collect(Collectors.joining("\n"));
	}

	/**
	 * The current fault and the available faults.
	 *
	 * @param now the current fault
	 * @param faults the faults that can be requested
	 */
	record Description(Faults.State now, List<Choice> faults) {

	}

	/**
	 * A fault that can be requested.
	 *
	 * @param name the name of the fault
	 * @param forecast the expected effect
	 */
	record Choice(String name, String forecast) {

	}

}
