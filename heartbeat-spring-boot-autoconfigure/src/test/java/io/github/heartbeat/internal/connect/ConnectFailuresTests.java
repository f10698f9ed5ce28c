package io.github.heartbeat.internal.connect;

import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

import javax.net.ssl.SSLException;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.container.tomcat.TomcatContainerSupport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/**
 * Tests how failures of containers are reported.
 */
class ConnectFailuresTests {

	private final ContainerSupport container = new TomcatContainerSupport();

	private HeartbeatConnectionException translate(Throwable failure, boolean canOpenSocket) {
		return assertTimeoutPreemptively(Duration.ofSeconds(10), () -> ConnectFailures.translate(failure,
				URI.create("ws://example.com:8080/"), this.container, () -> canOpenSocket));
	}

	@Test
	void exceptionsThatAreCausesOfEachOtherAreLookedAtOnce() {
		Exception first = new IllegalArgumentException("first");
		Exception second = new IllegalStateException("second", first);
		first.initCause(second);
		HeartbeatConnectionException translated = translate(new ExecutionException(first), true);
		assertThat(translated.getKind()).isEqualTo(Kind.HANDSHAKE_FAILED);
		assertThat(translated)
			.hasMessage("The handshake with example.com:8080 failed (java.lang.IllegalStateException)");
	}

	@Test
	void theTextOfATlsFailureIsFoundAmongCausesOfEachOther() {
		Exception cause = new IOException("unknown certificate");
		SSLException failure = new SSLException("handshake", cause);
		cause.initCause(failure);
		assertThat(translate(failure, true))
			.hasMessage("The TLS handshake with example.com:8080 failed: unknown certificate");
	}

	@Test
	void aConnectionThatIsClosedMeanwhileWasDropped() {
		assertThat(translate(new ExecutionException(new AsynchronousCloseException()), true))
			.hasMessage("example.com:8080 dropped the connection in the handshake");
	}

	@Test
	void aShortageOfFileDescriptorsIsNoFaultOfTheServer() {
		String message = "There are too many open files in this process to connect to example.com:8080";
		assertThat(translate(new IOException("Too many open files"), true)).hasMessage(message);
		assertThat(translate(new UnknownHostException("example.com"), false)).hasMessage(message);
		assertThat(translate(new IllegalStateException("no channel group"), false)).hasMessage(message)
			.extracting("kind")
			.isEqualTo(Kind.CONNECT);
	}

	@Test
	void anUnknownNameIsReportedAsSuch() {
		assertThat(translate(new UnknownHostException("example.com"), true))
			.hasMessage("The name of example.com:8080 is unknown");
	}

}
