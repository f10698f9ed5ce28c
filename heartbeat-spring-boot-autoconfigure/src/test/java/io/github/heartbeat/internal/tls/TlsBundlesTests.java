package io.github.heartbeat.internal.tls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;
import io.github.heartbeat.internal.client.TestClients;
import io.github.heartbeat.testing.HookLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests which clients share a TLS context and which are notified of its reload. No server
 * listens on port 1.
 */
class TlsBundlesTests {

	private final Map<String, List<Consumer<Tls>>> subscriptions = new TreeMap<>();

	private final HookLog log = new HookLog();

	private final DefaultHeartbeatClients clients = TestClients.create(HeartbeatContainer.TOMCAT,
			TestClients.extensions(() -> List.of(this.log), List::of, this::subscribe));

	private final TlsBundles bundles = new TlsBundles(this::subscribe);

	private Tls subscribe(String bundle, Consumer<Tls> reloads) {
		if (bundle.equals("broken")) {
			throw new InvalidHeartbeatSettingException("ssl.bundle", bundle, "is broken", "Mend it.");
		}
		this.subscriptions.computeIfAbsent(bundle, (name) -> new ArrayList<>()).add(reloads);
		return tls();
	}

	private static Tls tls() {
		try {
			return new Tls(SSLContext.getDefault(), List.of(), List.of());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static HeartbeatClientSettings.Builder settings(String bundle) {
		return HeartbeatClientSettings.builder("wss://localhost:1").sslBundle(bundle);
	}

	@AfterEach
	void destroy() {
		this.clients.destroy();
	}

	@Test
	void clientsShareABundleOrAContextAndAllOthersTheDefault() throws Exception {
		assertThat(this.bundles.holder(settings("a").build())).isEqualTo(this.bundles.holder(settings("a").build()))
			.isNotEqualTo(this.bundles.holder(settings("b").build()));
		HeartbeatClientSettings.Builder context = settings("").sslContext(SSLContext.getDefault());
		assertThat(this.bundles.holder(context.build())).isEqualTo(this.bundles.holder(context.build()));
		assertThat(this.bundles.holder(settings("").build())).isNull();
	}

	@Test
	void aReloadIsUsedFromThenOn() {
		TlsHolder holder = this.bundles.holder(settings("a").build());
		Tls before = holder.current();
		assertThat(holder.current()).isSameAs(before);
		Tls after = tls();
		this.subscriptions.get("a").get(0).accept(after);
		assertThat(holder.current()).isSameAs(after);
	}

	@Test
	void manyClientsThatComeAndGoSubscribeOnceAndHearNothingAfterTheyAreGone() {
		this.clients.start();
		for (int i = 0; i < 100; i++) {
			this.clients.create("client", settings("a").sslReconnectOnReload(true).autoStartup(false).build());
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.clients.create("client", settings("a").sslReconnectOnReload(true).build()));
			assertThatExceptionOfType(InvalidHeartbeatSettingException.class)
				.isThrownBy(() -> this.clients.create("broken", settings("broken").build()));
			this.clients.remove("client");
		}
		this.subscriptions.get("a").forEach((reloads) -> reloads.accept(tls()));
		assertThat(this.subscriptions).containsOnlyKeys("a");
		assertThat(this.subscriptions.get("a")).hasSize(1);
		assertThat(this.log.lines()).isEmpty();
	}

	@Test
	void aReloadReconnectsTheClientsThatAskForIt() {
		this.clients.start();
		HookLog[] logs = { new HookLog(), new HookLog(), new HookLog() };
		this.clients.create("asks", slow("a").sslReconnectOnReload(true).listener(logs[0]).build());
		this.clients.create("does-not", slow("a").listener(logs[1]).build());
		this.clients.create("other", slow("b").sslReconnectOnReload(true).listener(logs[2]).build());
		this.log.await("RECONNECT", 3);
		this.subscriptions.get("a").get(0).accept(tls());
		logs[0].await("RECONNECT 2");
		assertThat(logs[0].lines()).extracting((line) -> line.split(" ")[0])
			.containsExactly("ERROR", "RECONNECT", "RECONNECT", "ERROR", "RECONNECT");
		assertThat(logs[1].lines()).hasSize(2);
		assertThat(logs[2].lines()).hasSize(2);
	}

	private static HeartbeatClientSettings.Builder slow(String bundle) {
		return settings(bundle).reconnectTimeout(Duration.ofHours(1)).reconnectMaxTimeout(Duration.ofHours(2));
	}

	@Test
	void afterTheEndAReloadIsForNobody() {
		this.clients.start();
		this.clients.create("client", slow("a").sslReconnectOnReload(true).build());
		TlsHolder holder = this.bundles.holder(settings("b").build());
		this.clients.destroy();
		this.bundles.close();
		int hooks = this.log.lines().size();
		this.subscriptions.values().forEach((all) -> all.forEach((reloads) -> reloads.accept(tls())));
		assertThat(this.log.lines()).hasSize(hooks);
		assertThatIllegalStateException().isThrownBy(holder::current);
	}

}
