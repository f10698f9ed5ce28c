package io.github.heartbeat.benchmark.row;

import java.util.concurrent.TimeUnit;

import io.github.heartbeat.benchmark.contestant.Connection;
import io.github.heartbeat.benchmark.contestant.Host;
import io.github.heartbeat.benchmark.contestant.Machine;
import io.github.heartbeat.benchmark.contestant.Probe;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Opens connections and measures their cost while they are idle. The cost that the first
 * connection causes for all of them is excluded.
 */
public final class IdleProbe implements Probe {

	private final Connections connections = new Connections();

	private Reply before;

	@Override
	public Reply run(Host host, String step, long argument) throws Exception {
		switch (step) {
			case "connect" -> {
				this.connections.open(host, 1);
				this.connections.closeAll();
				this.before = Machine.usage();
				this.connections.open(host, (int) argument);
				this.connections.expect(argument);
			}
			case "send" -> {
				for (Connection connection : this.connections.all()) {
					connection.send("hello");
				}
			}
			case "rest" -> {
				this.connections.await();
				TimeUnit.SECONDS.sleep(argument);
				return perConnection(Machine.usage());
			}
			default -> throw new IllegalArgumentException(step);
		}
		return new Reply();
	}

	private Reply perConnection(Reply after) {
		int count = this.connections.all().size();
		return new Reply().with("heap", (after.get("heap") - this.before.get("heap")) / count)
			.with("rss", (after.get("rss") - this.before.get("rss")) / count)
			.with("threads", after.get("threads"));
	}

}
