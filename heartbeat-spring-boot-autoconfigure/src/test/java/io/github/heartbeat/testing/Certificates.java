package io.github.heartbeat.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates for {@link TestServer}. The keytool of the JDK creates them while the
 * tests run, so they never expire. One authority signs them, because a client does not
 * validate a directly trusted certificate any further.
 */
public final class Certificates {

	/** The password of all stores and keys. */
	public static final String PASSWORD = "changeit";

	/**
	 * By default, the JDK derives the key of each PKCS12 entry in 10,000 iterations, also
	 * for the stores in memory of Spring Boot's PEM bundles. The derivation takes most of
	 * the processor time of a test with certificates.
	 */
	private static final List<String> ITERATION_COUNTS = List.of("keystore.pkcs12.keyPbeIterationCount",
			"keystore.pkcs12.certPbeIterationCount", "keystore.pkcs12.macIterationCount");

	static {
		ITERATION_COUNTS.forEach((property) -> System.setProperty(property, "1"));
	}

	private final Path file;

	private final KeyStore keys;

	/**
	 * Create an authority.
	 * @param directory the directory of the file with the keys
	 */
	public Certificates(Path directory) throws Exception {
		this.file = directory.resolve("keys.p12");
		this.keys = KeyStore.getInstance("PKCS12");
		generate("authority", "-ext", "bc:critical=ca:true");
	}

	/**
	 * Create a certificate that the authority signs.
	 * @param alias the name of the certificate
	 * @param options further options of keytool
	 */
	public void sign(String alias, String... options) throws Exception {
		List<String> all = new ArrayList<>(List.of("-signer", "authority"));
		all.addAll(List.of(options));
		generate(alias, all.toArray(String[]::new));
	}

	/**
	 * Create a certificate. Unless the options name a signer, the certificate is
	 * self-signed.
	 * @param alias the name of the certificate
	 * @param options further options of keytool
	 */
	public void generate(String alias, String... options) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
						"-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-genkeypair", "-alias", alias, "-dname",
						"CN=" + alias, "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30", "-keystore",
						this.file.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
		ITERATION_COUNTS.forEach((property) -> command.add(1, "-J-D" + property + "=1"));
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
	 * Return the context of a server that uses this certificate.
	 */
	public SSLContext server(String alias) throws GeneralSecurityException, IOException {
		return server(alias, null);
	}

	/**
	 * Return the context of a server that uses the first certificate and trusts clients
	 * that present the second one.
	 */
	public SSLContext server(String alias, String trusted) throws GeneralSecurityException, IOException {
		KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keyManagers.init(keyStore("PKCS12", alias), PASSWORD.toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keyManagers.getKeyManagers(), (trusted != null) ? trustManagers(trusted) : null, null);
		return context;
	}

	private KeyStore keyStore(String type, String alias) throws GeneralSecurityException, IOException {
		KeyStore own = KeyStore.getInstance(type);
		own.load(null, null);
		own.setKeyEntry(alias, this.keys.getKey(alias, PASSWORD.toCharArray()), PASSWORD.toCharArray(),
				this.keys.getCertificateChain(alias));
		return own;
	}

	private KeyStore trustStore(String type, String alias) throws GeneralSecurityException, IOException {
		KeyStore trust = KeyStore.getInstance(type);
		trust.load(null, null);
		trust.setCertificateEntry(alias, this.keys.getCertificate(alias));
		return trust;
	}

	private TrustManager[] trustManagers(String trusted) throws GeneralSecurityException, IOException {
		TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trustManagers.init(trustStore("PKCS12", trusted));
		return trustManagers.getTrustManagers();
	}

	/**
	 * Return the context of a client that trusts this certificate and the certificates
	 * that it signed.
	 */
	public SSLContext client(String trusted) throws GeneralSecurityException, IOException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trustManagers(trusted), null);
		return context;
	}

	/**
	 * Write a store with this certificate, with or without its key.
	 */
	public void writeStore(Path file, String type, String alias, boolean withKey)
			throws GeneralSecurityException, IOException {
		try (OutputStream out = Files.newOutputStream(file)) {
			(withKey ? keyStore(type, alias) : trustStore(type, alias)).store(out, PASSWORD.toCharArray());
		}
	}

	/**
	 * Return this certificate and its chain in PEM.
	 */
	public String certificatePem(String alias) throws GeneralSecurityException {
		StringBuilder pem = new StringBuilder();
		for (Certificate certificate : this.keys.getCertificateChain(alias)) {
			pem.append(pem("CERTIFICATE", certificate.getEncoded()));
		}
		return pem.toString();
	}

	/**
	 * Return the key of this certificate in PEM.
	 */
	public String privateKeyPem(String alias) throws GeneralSecurityException {
		return pem("PRIVATE KEY", this.keys.getKey(alias, PASSWORD.toCharArray()).getEncoded());
	}

	private static String pem(String label, byte[] encoded) {
		String content = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(encoded);
		return "-----BEGIN " + label + "-----\n" + content + "\n-----END " + label + "-----\n";
	}

}
