package io.github.heartbeat.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.client.OriginGates.Place;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OriginGatesTests {

	private final OriginGates gates = new OriginGates(2, Runnable::run);

	private final List<String> admitted = new ArrayList<>();

	private Place enter(String origin, String who) {
		return this.gates.enter(origin, () -> this.admitted.add(who));
	}

	@Test
	void thoseBeyondTheLimitAreAdmittedInTheirOrder() {
		Place one = enter("a", "one");
		Place two = enter("a", "two");
		assertThat(one.isAtOnce()).isTrue();
		assertThat(two.isAtOnce()).isTrue();
		Place three = enter("a", "three");
		Place four = enter("a", "four");
		enter("a", "five");
		assertThat(three.isAtOnce()).isFalse();
		two.release();
		assertThat(this.admitted).containsExactly("three");
		two.release();
		assertThat(this.admitted).as("a place is given back once").containsExactly("three");
		four.release();
		one.release();
		assertThat(this.admitted).as("four waits no longer").containsExactly("three", "five");
	}

	@Test
	void originsDoNotWaitForEachOther() {
		enter("a", "one");
		enter("a", "two");
		enter("a", "three");
		assertThat(enter("b", "four").isAtOnce()).isTrue();
	}

	@Test
	void placesAreFreeAgainWhenAllHaveLeft() {
		for (int i = 0; i < 10; i++) {
			Place one = enter("a", "one");
			Place two = enter("a", "two");
			assertThat(one.isAtOnce() && two.isAtOnce()).isTrue();
			one.release();
			two.release();
		}
	}

	@Test
	void anOriginIsAHostAndAPort() {
		assertThat(OriginGates.origin(URI.create("ws://Host/a"))).isEqualTo("host:80");
		assertThat(OriginGates.origin(URI.create("wss://host/b?c"))).isEqualTo("host:443");
		assertThat(OriginGates.origin(URI.create("ws://user@host:8080"))).isEqualTo("host:8080");
	}

}
