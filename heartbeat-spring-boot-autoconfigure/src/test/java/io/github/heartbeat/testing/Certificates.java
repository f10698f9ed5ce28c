package io.github.heartbeat.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates for {@link TestServer}, made by the keytool of the JDK while the tests
 * run, so that none runs out one day. One authority signs them, for a certificate that a
 * client trusts by itself is not looked at any closer.
 */
public final class Certificates {

	private static final String PASSWORD = "changeit";

	private final Path file;

	private final KeyStore keys;

	/**
	 * Make an authority.
	 * @param directory where the file with the keys goes
	 */
	public Certificates(Path directory) throws Exception {
		this.file = directory.resolve("keys.p12");
		this.keys = KeyStore.getInstance("PKCS12");
		generate("authority", "-ext", "bc:critical=ca:true");
	}

	/**
	 * Make a certificate of the authority.
	 * @param alias its name
	 * @param options further options of keytool
	 */
	public void sign(String alias, String... options) throws Exception {
		List<String> all = new ArrayList<>(List.of("-signer", "authority"));
		all.addAll(List.of(options));
		generate(alias, all.toArray(String[]::new));
	}

	/**
	 * Make a certificate and, unless the options name a signer, sign it by itself.
	 * @param alias its name
	 * @param options further options of keytool
	 */
	public void generate(String alias, String... options) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
						alias, "-dname", "CN=" + alias, "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30",
						"-keystore", this.file.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
		command.addAll(List.of(options));
		Path output = Files.createTempFile(this.file.getParent(), "keytool", ".txt");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
			process.destroyForcibly();
			throw new IllegalStateException("keytool failed: " + Files.readString(output));
		}
		try (InputStream in = Files.newInputStream(this.file)) {
			this.keys.load(in, PASSWORD.toCharArray());
		}
	}

	/**
	 * Return the context of a server that has this certificate.
	 */
	public SSLContext server(String alias) throws GeneralSecurityException, IOException {
		char[] password = PASSWORD.toCharArray();
		KeyStore own = KeyStore.getInstance("PKCS12");
		own.load(null, null);
		own.setKeyEntry(alias, this.keys.getKey(alias, password), password, this.keys.getCertificateChain(alias));
		KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keyManagers.init(own, password);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keyManagers.getKeyManagers(), null, null);
		return context;
	}

	/**
	 * Return the context of a client that trusts this certificate and those it has
	 * signed.
	 */
	public SSLContext client(String trusted) throws GeneralSecurityException, IOException {
		KeyStore trust = KeyStore.getInstance("PKCS12");
		trust.load(null, null);
		trust.setCertificateEntry(trusted, this.keys.getCertificate(trusted));
		TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trustManagers.init(trust);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trustManagers.getTrustManagers(), null);
		return context;
	}

}
