package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.internal.connect.AccessToken;
import io.github.heartbeat.internal.connect.TokenRequestException;
import io.github.heartbeat.internal.connect.TokenSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests access tokens of handshakes with a hand-driven clock.
 */
class TokenTests extends HandDrivenClient {

	private final List<String> dropped = new ArrayList<>();

	private @Nullable AccessToken stored;

	private @Nullable RuntimeException failure;

	private Duration life = Duration.ofHours(1);

	private int fetched;

	@BeforeEach
	void provideTokens() {
		this.tokens = new Tokens();
	}

	private static HeartbeatClientSettings.Builder withToken() {
		return settings().oauth2ClientRegistrationId("feed").reconnectTimeout(Duration.ofSeconds(1));
	}

	private List<String> sent() {
		return this.network.handshakes()
			.stream()
			.map((handshake) -> handshake.headers().get("Authorization").get(0))
			.toList();
	}

	@Test
	void aTokenIsReusedUntilItIsRefused() {
		start(withToken());
		this.network.lastPeer().drop();
		advanceMillis(1000);
		assertThat(sent()).containsExactly("Bearer 1", "Bearer 1");
		this.network.refuse(401);
		this.network.lastPeer().drop();
		advanceMillis(2000);
		assertThat(sent()).containsExactly("Bearer 1", "Bearer 1", "Bearer 1", "Bearer 2");
		assertThat(this.dropped).containsExactly("1", "2");
	}

	@Test
	void aRefusalOfAStaleTokenIsNotFinal() {
		start(withToken().stopOnHttpStatuses("401"));
		this.network.refuse(401);
		this.network.lastPeer().drop();
		advanceMillis(1000);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.WAITING);
		advanceMillis(1000);
		assertThat(sent()).containsExactly("Bearer 1", "Bearer 1", "Bearer 2");
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
	}

	@Test
	void otherStatusesAreFinalWithAStaleToken() {
		start(withToken().stopOnHttpStatuses("404"));
		this.network.refuse(404);
		this.network.lastPeer().drop();
		advanceMillis(1000);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
		assertThat(this.dropped).isEmpty();
	}

	@Test
	void aTokenThatCannotBeObtainedFailsTheAttempt() {
		this.failure = new TokenRequestException("No token", 503, new IllegalStateException());
		start(withToken());
		assertThat(this.log.lines()).containsExactly("ERROR TOKEN 503", "RECONNECT 1");
		assertThat(this.network.handshakes()).isEmpty();
		this.failure = null;
		advanceMillis(1000);
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void aConnectionIsReplacedBeforeItsTokenExpires() {
		this.life = Duration.ofSeconds(14);
		start(withToken().oauth2RenewBeforeExpiry(Duration.ofSeconds(4)));
		advanceMillis(9999);
		assertThat(sent()).containsExactly("Bearer 1");
		advanceMillis(1);
		assertThat(sent()).containsExactly("Bearer 1", "Bearer 2");
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT", "RECONNECT 0", "OPEN again");
	}

	@Test
	void aTokenThatLivesShorterThanThatIsUsedForHalfOfItsLife() {
		this.life = Duration.ofSeconds(10);
		start(withToken().oauth2RenewBeforeExpiry(Duration.ofMinutes(1)));
		advanceMillis(4999);
		assertThat(sent()).hasSize(1);
		advanceMillis(1);
		assertThat(sent()).containsExactly("Bearer 1", "Bearer 2");
	}

	@Test
	void aTokenIsReusedByARenewalUntilItExpiresSoon() {
		this.life = Duration.ofSeconds(14);
		start(withToken().oauth2RenewBeforeExpiry(Duration.ofSeconds(4)).maxConnectionAge(Duration.ofSeconds(6)));
		advanceMillis(6000);
		assertThat(sent()).containsExactly("Bearer 1", "Bearer 1");
		advanceMillis(3999);
		assertThat(sent()).hasSize(2);
		advanceMillis(1);
		assertThat(sent()).containsExactly("Bearer 1", "Bearer 1", "Bearer 2");
		assertThat(this.dropped).containsExactly("1");
	}

	@Test
	void aTokenIsReplacedByARenewalWhenItExpiresAsSoonAsTheConnection() {
		this.life = Duration.ofSeconds(14);
		start(withToken().oauth2RenewBeforeExpiry(Duration.ofSeconds(4)).maxConnectionAge(Duration.ofSeconds(10)));
		advanceMillis(10_000);
		assertThat(sent()).containsExactly("Bearer 1", "Bearer 2");
	}

	@Test
	void aConnectionOutlivesItsTokenByDefault() {
		this.life = Duration.ofSeconds(1);
		start(withToken());
		advanceMillis(60_000);
		assertThat(sent()).hasSize(1);
	}

	private final class Tokens implements TokenSource {

		@Override
		public void check(String registrationId) {
			assertThat(registrationId).isEqualTo("feed");
		}

		@Override
		public AccessToken get(String registrationId) {
			if (TokenTests.this.failure != null) {
				throw TokenTests.this.failure;
			}
			AccessToken stored = TokenTests.this.stored;
			if (stored != null) {
				return new AccessToken(stored.value(), stored.expiresAt(), false);
			}
			Instant expiry = TokenTests.this.engine.now().plus(TokenTests.this.life);
			AccessToken token = new AccessToken(String.valueOf(++TokenTests.this.fetched), expiry, true);
			TokenTests.this.stored = token;
			return token;
		}

		@Override
		public void drop(String registrationId, AccessToken token) {
			TokenTests.this.dropped.add(token.value());
			if (TokenTests.this.stored != null && TokenTests.this.stored.value().equals(token.value())) {
				TokenTests.this.stored = null;
			}
		}

	}

}
