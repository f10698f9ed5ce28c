package io.github.heartbeat.internal.tls;

import java.security.SecureRandom;
import java.util.function.UnaryOperator;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

import org.jspecify.annotations.Nullable;

/**
 * A context whose engines offer a restricted set of protocols and ciphers. A Jakarta
 * WebSocket client accepts no other TLS configuration than a context.
 */
final class RestrictedSslContext extends SSLContext {

	RestrictedSslContext(SSLContext context, UnaryOperator<SSLParameters> restriction) {
		super(new Restriction(context, restriction), context.getProvider(), context.getProtocol());
	}

	private static final class Restriction extends SSLContextSpi {

		private final SSLContext context;

		private final UnaryOperator<SSLParameters> restriction;

		Restriction(SSLContext context, UnaryOperator<SSLParameters> restriction) {
			this.context = context;
			this.restriction = restriction;
		}

		@Override
		protected SSLEngine engineCreateSSLEngine() {
			return restricted(this.context.createSSLEngine());
		}

		@Override
		protected SSLEngine engineCreateSSLEngine(String host, int port) {
			return restricted(this.context.createSSLEngine(host, port));
		}

		/**
		 * Sets the mode first, because changing the mode can restore defaults.
		 */
		private SSLEngine restricted(SSLEngine engine) {
			engine.setUseClientMode(true);
			engine.setSSLParameters(this.restriction.apply(engine.getSSLParameters()));
			return engine;
		}

		@Override
		protected SSLParameters engineGetDefaultSSLParameters() {
			return this.restriction.apply(this.context.getDefaultSSLParameters());
		}

		@Override
		protected SSLParameters engineGetSupportedSSLParameters() {
			return this.context.getSupportedSSLParameters();
		}

		@Override
		protected SSLSessionContext engineGetClientSessionContext() {
			return this.context.getClientSessionContext();
		}

		@Override
		protected SSLSessionContext engineGetServerSessionContext() {
			return this.context.getServerSessionContext();
		}

		@Override
		protected void engineInit(KeyManager @Nullable [] keyManagers, TrustManager @Nullable [] trustManagers,
				@Nullable SecureRandom random) {
			throw new UnsupportedOperationException("The context is already initialized");
		}

		/**
		 * Not supported because sockets would not be restricted.
		 */
		@Override
		protected SSLSocketFactory engineGetSocketFactory() {
			throw new UnsupportedOperationException(
					"The protocols and ciphers of an SSL bundle can be applied to engines only");
		}

		@Override
		protected SSLServerSocketFactory engineGetServerSocketFactory() {
			throw new UnsupportedOperationException("The context is for clients only");
		}

	}

}
