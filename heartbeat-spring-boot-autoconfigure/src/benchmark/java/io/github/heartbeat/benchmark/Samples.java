package io.github.heartbeat.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

import io.github.heartbeat.benchmark.process.Reply;

/**
 * Measured values of several contestants in several rounds.
 * @param <C> the type of the contestants
 */
public final class Samples<C> {

	private final int rounds;

	private final Map<C, Reply[]> replies = new LinkedHashMap<>();

	private final Map<C, String> failures = new LinkedHashMap<>();

	private final Set<C> once;

	private Samples(int rounds, Set<C> once) {
		this.rounds = rounds;
		this.once = once;
	}

	/**
	 * Measure contestants one after the other, in a different order in each round. A contestant
	 * that fails is retried in the next round.
	 */
	public static <C> Samples<C> take(String row, int rounds, List<C> contestants, Measurement<C> measurement) {
		return take(row, rounds, contestants, Set.of(), measurement);
	}

	/**
	 * Measure contestants one after the other, in a different order in each round. A contestant
	 * that fails is retried in the next round.
	 * @param once contestants that take part only in the first round, to save time; if they fail
	 * in that round, they are retried immediately
	 */
	public static <C> Samples<C> take(String row, int rounds, List<C> contestants, Set<C> once,
			Measurement<C> measurement) {
		Samples<C> samples = new Samples<>(rounds, once);
		contestants.forEach((contestant) -> samples.replies.put(contestant, new Reply[rounds]));
		for (int round = 0; round < rounds; round++) {
			for (int i = 0; i < contestants.size(); i++) {
				C contestant = contestants.get((i + round) % contestants.size());
				if (round < samples.rounds(contestant) && !samples.take(row, round, contestant, measurement)
						&& round == 0 && !once.isEmpty()) {
					samples.take(row, round, contestant, measurement);
				}
			}
		}
		return samples;
	}

	/**
	 * Measure all contestants at the same time, once per round.
	 * @param once contestants that take part only in the first round, which is retried
	 * immediately if it fails
	 * @param measurement measures all contestants in the given round
	 */
	public static <C> Samples<C> takeTogether(String row, int rounds, List<C> contestants, Set<C> once,
			Together<C> measurement) {
		Samples<C> samples = new Samples<>(rounds, once);
		contestants.forEach((contestant) -> samples.replies.put(contestant, new Reply[rounds]));
		for (int round = 0; round < rounds; round++) {
			if (!samples.takeTogether(row, round, measurement) && round == 0 && !once.isEmpty()) {
				samples.takeTogether(row, round, measurement);
			}
		}
		return samples;
	}

	private boolean takeTogether(String row, int round, Together<C> measurement) {
		Map<C, Reply> all = new LinkedHashMap<>();
		String failure = "failed with the others";
		try {
			all.putAll(measurement.measure(round));
		}
		catch (Exception ex) {
			failure = String.valueOf(ex.getMessage());
		}
		String outcome = failure;
		boolean taken = true;
		for (C contestant : this.replies.keySet()) {
			taken &= round >= rounds(contestant) || take(row, round, contestant, (which) -> {
				if (!all.containsKey(which)) {
					throw new IllegalStateException(outcome);
				}
				return all.get(which);
			});
		}
		return taken;
	}

	/**
	 * Return whether the measurement succeeded.
	 */
	private boolean take(String row, int round, C contestant, Measurement<C> measurement) {
		long start = System.nanoTime();
		String outcome;
		try {
			Reply reply = measurement.measure(contestant);
			this.replies.get(contestant)[round] = reply;
			outcome = reply.toString();
		}
		catch (Exception ex) {
			String message = String.valueOf(ex.getMessage());
			outcome = message;
			this.failures.put(contestant, message.lines().findFirst().orElse(""));
		}
		System.err.printf("%s, round %d of %d, %s (%d s): %s%n", row, round + 1, this.rounds, contestant,
				(System.nanoTime() - start) / 1_000_000_000, outcome);
		return this.replies.get(contestant)[round] != null;
	}

	int rounds(C contestant) {
		return this.once.contains(contestant) ? 1 : this.rounds;
	}

	/**
	 * Return why a contestant has no value, or {@code null} if it has one.
	 */
	String failure(C contestant) {
		return Arrays.stream(this.replies.get(contestant)).allMatch((reply) -> reply == null)
				? this.failures.get(contestant) : null;
	}

	/**
	 * Return the number of failed rounds.
	 */
	long failedRounds(C contestant) {
		return Arrays.stream(this.replies.get(contestant), 0, rounds(contestant))
			.filter((reply) -> reply == null)
			.count();
	}

	/**
	 * Return whether a contestant has a value with this name.
	 */
	public boolean has(C contestant, String name) {
		return Arrays.stream(this.replies.get(contestant))
			.anyMatch((reply) -> reply != null && reply.values().containsKey(name));
	}

	/**
	 * Return the median of the values of a contestant.
	 */
	public double median(C contestant, String name) {
		return median(values(contestant, name));
	}

	/**
	 * Return the values of a contestant.
	 */
	double[] values(C contestant, String name) {
		return Arrays.stream(this.replies.get(contestant))
			.filter((reply) -> reply != null)
			.mapToDouble((reply) -> reply.get(name))
			.toArray();
	}

	/**
	 * Return the values of a contestant, each divided by the value of the baseline in the same
	 * round.
	 */
	double[] ratios(C contestant, C baseline, String name) {
		List<Double> ratios = new ArrayList<>();
		for (int round = 0; round < this.rounds; round++) {
			Reply value = this.replies.get(contestant)[round];
			Reply base = this.replies.get(baseline)[round];
			if (value != null && base != null) {
				ratios.add(value.get(name) / base.get(name));
			}
		}
		return ratios.stream().mapToDouble(Double::doubleValue).toArray();
	}

	static double median(double[] values) {
		double[] sorted = DoubleStream.of(values).sorted().toArray();
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

	/**
	 * Measures one contestant once.
	 * @param <C> the type of the contestants
	 */
	@FunctionalInterface
	public interface Measurement<C> {

		/**
		 * Measure the contestant.
		 */
		Reply measure(C contestant) throws Exception;

	}

	/**
	 * Measures all contestants once.
	 * @param <C> the type of the contestants
	 */
	@FunctionalInterface
	public interface Together<C> {

		/**
		 * Measure the contestants.
		 */
		Map<C, Reply> measure(int round) throws Exception;

	}

}
