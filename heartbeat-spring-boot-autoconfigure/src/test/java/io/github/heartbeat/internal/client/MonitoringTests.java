package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.heartbeat.metrics.HeartbeatMeters;
import io.github.heartbeat.observation.HeartbeatObservations;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that Prometheus finds in a scrape what the alert rules and the dashboard of the
 * starter select.
 */
class MonitoringTests extends HandDrivenClient {

	private static final Path DIRECTORY = Path.of("..", "heartbeat-spring-boot-starter", "monitoring");

	private static final Pattern SERIES = Pattern.compile("\\bheartbeat_\\w+");

	@ParameterizedTest
	@ValueSource(strings = { "heartbeat-alerts.yml", "heartbeat-dashboard.json" })
	void everySeriesIsScraped(String file) throws IOException {
		PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		meters.config().meterFilter(new MeterFilter() {

			@Override
			public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
				return id.getName().equals("heartbeat.client.rtt")
						? DistributionStatisticConfig.builder().percentilesHistogram(true).build().merge(config)
						: config;
			}

		});
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
		this.observers.add(new HeartbeatMeters(meters));
		this.observers.add(new HeartbeatObservations(registry));
		start(settings().observationMessages(true).leaderEnabled(true));
		this.network.lastPeer().send("hello");
		this.engine.run();
		String scrape = meters.scrape();
		Set<String> selected = SERIES.matcher(Files.readString(DIRECTORY.resolve(file)))
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(selected).contains("heartbeat_client_open")
			.hasSizeGreaterThan(6)
			.allSatisfy((series) -> assertThat(scrape).containsPattern("(?m)^" + series + "\\{.*client=\"test\""));
		assertThat(scrape).contains("heartbeat_client_disconnects_total{client=\"test\",initiator=\"client\"}");
	}

}
