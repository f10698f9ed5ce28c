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
 * What TLS connections are made with. Does not change: a bundle that is reloaded is
 * another one.
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
	 * Create the TLS of a bundle, whose protocols and ciphers can all be offered. What is
	 * not known would be refused by the container at the first attempt, and what the JVM
	 * has disabled be left out in silence.
	 * @param bundle the name of the bundle
	 * @param context the context
	 * @param protocols the protocols to offer, or none for those of the context
	 * @param ciphers the ciphers to offer, or none for those of the context
	 * @return the TLS
	 * @throws InvalidHeartbeatSettingException if one of them cannot be offered
	 */
	public static Tls of(String bundle, SSLContext context, List<String> protocols, List<String> ciphers) {
		SSLParameters supported = context.getSupportedSSLParameters();
		for (String protocol : protocols) {
			if (!List.of(supported.getProtocols()).contains(protocol)) {
				throw refused(bundle, "enables the protocol '" + protocol + "', which this JVM does not support",
						offers(supported.getProtocols(), context.getDefaultSSLParameters().getProtocols()));
			}
			if (!new Tls(context, List.of(protocol), List.of()).canBeOffered()) {
				throw refused(bundle, "enables the protocol '" + protocol + "', which this JVM has disabled",
						offers(supported.getProtocols(), context.getDefaultSSLParameters().getProtocols()));
			}
		}
		for (String cipher : ciphers) {
			if (!List.of(supported.getCipherSuites()).contains(cipher)) {
				throw refused(bundle,
						"enables the cipher '" + cipher + "', which this JVM does not support or has disabled",
						"Use names of Java such as "
								+ String.join(", ",
										Arrays.copyOf(context.getDefaultSSLParameters().getCipherSuites(), 3))
								+ " in the ciphers of its options.");
			}
		}
		Tls tls = new Tls(context, protocols, ciphers);
		if (!tls.canBeOffered()) {
			throw refused(bundle, "enables protocols and ciphers none of which go together",
					"Name ciphers of the enabled protocols in its options.");
		}
		return tls;
	}

	private static String offers(String[] supported, String[] enabled) {
		return "Use " + String.join(", ", (enabled.length > 0) ? enabled : supported)
				+ " in the enabled protocols of its options.";
	}

	private static InvalidHeartbeatSettingException refused(String bundle, String reason, String action) {
		return new InvalidHeartbeatSettingException("ssl.bundle", bundle, reason, action);
	}

	/**
	 * Whether this makes a ClientHello.
	 */
	private boolean canBeOffered() {
		try {
			SSLEngine engine = clientContext().createSSLEngine();
			engine.setUseClientMode(true);
			engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
			return true;
		}
		catch (SSLException | IllegalArgumentException ex) {
			logger.debug("Cannot be offered: " + this.protocols + " " + this.ciphers, ex);
			return false;
		}
	}

	/**
	 * Return the context of clients, which offer the protocols and ciphers and nothing
	 * else.
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
