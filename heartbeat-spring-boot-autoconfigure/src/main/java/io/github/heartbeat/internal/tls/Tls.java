package io.github.heartbeat.internal.tls;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.runtime.EngineLog;

/**
 * The TLS configuration of connections. Immutable: reloading a bundle creates a new
 * instance.
 *
 * @param context the context
 * @param protocols the protocols to offer, or none for those of the context
 * @param ciphers the ciphers to offer, or none for those of the context
 */
public record Tls(SSLContext context, List<String> protocols, List<String> ciphers) {

	private static final EngineLog logger = EngineLog.of(Tls.class);

	public Tls {
		protocols = List.copyOf(protocols);
		ciphers = List.copyOf(ciphers);
	}

	/**
	 * Create the TLS configuration of a bundle and verify that all its protocols and
	 * ciphers can be offered. Otherwise the container would reject unknown names at the
	 * first attempt, and the JVM would silently omit disabled ones.
	 * @param bundle the name of the bundle
	 * @param context the context
	 * @param protocols the protocols to offer, or none for those of the context
	 * @param ciphers the ciphers to offer, or none for those of the context
	 * @return the TLS configuration
	 * @throws InvalidHeartbeatSettingException if one of them cannot be offered
	 */
	public static Tls of(String bundle, SSLContext context, List<String> protocols, List<String> ciphers) {
		SSLParameters supported = context.getSupportedSSLParameters();
		for (String protocol : protocols) {
			if (!List.of(supported.getProtocols()).contains(protocol)) {
				throw invalid(bundle, "enables the protocol '" + protocol + "', which this JVM does not support",
						offers(supported.getProtocols(), context.getDefaultSSLParameters().getProtocols()));
			}
			if (!new Tls(context, List.of(protocol), List.of()).canBeOffered()) {
				throw invalid(bundle, "enables the protocol '" + protocol + "', which this JVM has disabled",
						offers(supported.getProtocols(), context.getDefaultSSLParameters().getProtocols()));
			}
		}
		for (String cipher : ciphers) {
			if (!List.of(supported.getCipherSuites()).contains(cipher)) {
				throw invalid(bundle,
						"enables the cipher '" + cipher + "', which this JVM does not support or has disabled",
						"Use names of Java such as "
								+ String.join(", ",
										Arrays.copyOf(context.getDefaultSSLParameters().getCipherSuites(), 3))
								+ " in the ciphers of its options.");
			}
		}
		Tls tls = new Tls(context, protocols, ciphers);
		if (!tls.canBeOffered()) {
			throw invalid(bundle, "enables protocols and ciphers that cannot be combined",
					"Configure ciphers of the enabled protocols in its options.");
		}
		return tls;
	}

	private static String offers(String[] supported, String[] enabled) {
		return "Use " + String.join(", ", (enabled.length > 0) ? enabled : supported)
				+ " in the enabled protocols of its options.";
	}

	private static InvalidHeartbeatSettingException invalid(String bundle, String reason, String action) {
		return new InvalidHeartbeatSettingException("ssl.bundle", bundle, reason, action);
	}

	/**
	 * Whether a ClientHello can be created.
	 */
	private boolean canBeOffered() {
		try {
			SSLEngine engine = clientContext().createSSLEngine();
			engine.setUseClientMode(true);
			engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
			return true;
		}
		catch (SSLException | IllegalArgumentException ex) {
			logger.debug("Cannot offer " + this.protocols + " " + this.ciphers, ex);
			return false;
		}
	}

	/**
	 * Return the context of clients. They offer only the configured protocols and
	 * ciphers.
	 */
	public SSLContext clientContext() {
		return (this.protocols.isEmpty() && this.ciphers.isEmpty()) ? this.context
				: new RestrictedSslContext(this.context, this::restrict);
	}

	private SSLParameters restrict(SSLParameters parameters) {
		if (!this.protocols.isEmpty()) {
			parameters.setProtocols(this.protocols.toArray(String[]::new));
		}
		if (!this.ciphers.isEmpty()) {
			parameters.setCipherSuites(this.ciphers.toArray(String[]::new));
		}
		return parameters;
	}

}
