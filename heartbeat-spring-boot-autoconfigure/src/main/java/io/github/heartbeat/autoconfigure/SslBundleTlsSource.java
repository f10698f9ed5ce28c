package io.github.heartbeat.autoconfigure;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.tls.Tls;
import io.github.heartbeat.internal.tls.TlsSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * Provides the SSL bundles of the application to the engine.
 */
final class SslBundleTlsSource implements TlsSource {

	/** Limit for cyclic causes. */
	private static final int MAX_CAUSES = 100;

	private static final Log logger = LogFactory.getLog(SslBundleTlsSource.class);

	private final @Nullable SslBundles bundles;

	SslBundleTlsSource(@Nullable SslBundles bundles) {
		this.bundles = bundles;
	}

	/**
	 * Check that a bundle can be used.
	 * @throws InvalidHeartbeatSettingException if the bundle cannot be used
	 */
	void check(String name) {
		tls(name, bundle(bundles(name), name));
	}

	/**
	 * Read the bundle again after the handler was added, because it can be reloaded in
	 * between.
	 */
	@Override
	public Tls subscribe(String name, Consumer<Tls> reloads) {
		SslBundles bundles = bundles(name);
		SslBundle bundle = bundle(bundles, name);
		Tls tls = tls(name, bundle);
		bundles.addBundleUpdateHandler(name, (reloaded) -> reload(name, reloaded, reloads));
		SslBundle latest = bundles.getBundle(name);
		return (latest != bundle) ? tls(name, latest) : tls;
	}

	private SslBundles bundles(String name) {
		if (this.bundles == null) {
			throw refused(name, "cannot be found because the application has no SslBundles bean",
					"Do not exclude SslAutoConfiguration, or define an SslBundles bean.");
		}
		return this.bundles;
	}

	private static SslBundle bundle(SslBundles bundles, String name) {
		try {
			return bundles.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			List<String> names = bundles.getBundleNames();
			throw refused(name, "is not the name of an SSL bundle",
					(names.isEmpty() ? "Define it" : "Use one of " + String.join(", ", names) + ", or define it")
							+ " under 'spring.ssl.bundle.pem' or 'spring.ssl.bundle.jks'.");
		}
	}

	private static void reload(String name, SslBundle bundle, Consumer<Tls> reloads) {
		Tls tls;
		try {
			tls = tls(name, bundle);
		}
		catch (InvalidHeartbeatSettingException ex) {
			logger.warn("SSL bundle '" + name + "' was reloaded, but it " + ex.getReason()
					+ ". WebSocket clients keep the previous bundle. " + ex.getAction());
			return;
		}
		reloads.accept(tls);
	}

	private static Tls tls(String name, SslBundle bundle) {
		SslOptions options = bundle.getOptions();
		return Tls.of(name, context(name, bundle), list(options.getEnabledProtocols()), list(options.getCiphers()));
	}

	private static SSLContext context(String name, SslBundle bundle) {
		try {
			return bundle.createSslContext();
		}
		catch (RuntimeException ex) {
			logger.debug("SSL bundle '" + name + "' cannot be loaded", ex);
			throw refused(name, "cannot be loaded (" + describe(ex) + ")",
					"Check its files, passwords, alias and protocol. "
							+ "Set 'logging.level.io.github.heartbeat: debug' to log the complete failure.");
		}
	}

	/**
	 * Return the type of the root cause, and its message only if it is from the JDK.
	 * Other messages can quote the value of a property, such as a private key.
	 */
	private static String describe(Throwable failure) {
		Throwable last = failure;
		for (int depth = 0; last.getCause() != null && depth < MAX_CAUSES; depth++) {
			last = last.getCause();
		}
		return last.getClass().getName() + ((last instanceof GeneralSecurityException && last.getMessage() != null)
				? ": " + last.getMessage() : "");
	}

	private static List<String> list(String @Nullable [] names) {
		return (names != null) ? List.of(names) : List.of();
	}

	private static InvalidHeartbeatSettingException refused(String name, String reason, String action) {
		return new InvalidHeartbeatSettingException("ssl.bundle", name, reason, action);
	}

}
