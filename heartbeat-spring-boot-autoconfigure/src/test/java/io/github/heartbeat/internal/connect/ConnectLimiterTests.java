package io.github.heartbeat.internal.connect;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.internal.connect.ConnectLimiter.Permit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectLimiterTests {

	private final ConnectLimiter limiter = new ConnectLimiter(2, Runnable::run);

	private final List<String> granted = new ArrayList<>();

	private Permit acquire(String origin, String who) {
		return this.limiter.acquire(origin, () -> this.granted.add(who));
	}

	@Test
	void thoseBeyondTheLimitAreGrantedInTheirOrder() {
		Permit one = acquire("a", "one");
		Permit two = acquire("a", "two");
		assertThat(one.isAtOnce()).isTrue();
		assertThat(two.isAtOnce()).isTrue();
		Permit three = acquire("a", "three");
		Permit four = acquire("a", "four");
		acquire("a", "five");
		assertThat(three.isAtOnce()).isFalse();
		two.release();
		assertThat(this.granted).containsExactly("three");
		two.release();
		assertThat(this.granted).as("a permit is returned once").containsExactly("three");
		four.release();
		one.release();
		assertThat(this.granted).as("four waits no longer").containsExactly("three", "five");
	}

	@Test
	void originsDoNotWaitForEachOther() {
		acquire("a", "one");
		acquire("a", "two");
		acquire("a", "three");
		assertThat(acquire("b", "four").isAtOnce()).isTrue();
	}

	@Test
	void placesAreFreeAgainWhenAllHaveLeft() {
		for (int i = 0; i < 10; i++) {
			Permit one = acquire("a", "one");
			Permit two = acquire("a", "two");
			assertThat(one.isAtOnce() && two.isAtOnce()).isTrue();
			one.release();
			two.release();
		}
	}

	@Test
	void anOriginIsAHostAndAPort() {
		assertThat(ConnectLimiter.origin(URI.create("ws://Host/a"))).isEqualTo("host:80");
		assertThat(ConnectLimiter.origin(URI.create("wss://host/b?c"))).isEqualTo("host:443");
		assertThat(ConnectLimiter.origin(URI.create("ws://user@host:8080"))).isEqualTo("host:8080");
	}

}
