package io.github.heartbeat.internal.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.testing.ChildJvm;
import io.github.heartbeat.testing.PerMessageDeflate;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Connection;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.heartbeat.testing.PerMessageDeflate.RSV1;
import static io.github.heartbeat.testing.TestServer.FIN;
import static io.github.heartbeat.testing.TestServer.TEXT;
import static io.github.heartbeat.testing.TestServer.frame;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a compressed message of one gigabyte in a JVM with a small heap, and that the
 * class for Jetty's compression is loaded only if it is needed. (Tomcat has no such class
 * of this library, and always loads its own.)
 */
@Timeout(60)
class CompressionBombIntegrationTests {

	private static final String DEFLATE = "permessage-deflate";

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "JETTY" })
	void aBombNeedsNoHeapAndConnectionsWithoutCompressionNoClass(HeartbeatContainer container) throws Exception {
		byte[] megabytes = new PerMessageDeflate(DEFLATE).deflateBlocks(new byte[16 * 1024 * 1024]);
		ByteArrayOutputStream gigabyte = new ByteArrayOutputStream();
		IntStream.range(0, 64).forEach((i) -> gigabyte.writeBytes(megabytes));
		byte[] bomb = frame(FIN | RSV1 | TEXT, gigabyte.toByteArray());
		try (TestServer server = new TestServer((connection) -> serve(connection, bomb));
				ChildJvm program = new ChildJvm(this.directory.resolve("output"),
						List.of("-Xmx45m", "-XX:+ExitOnOutOfMemoryError", "-Xlog:class+load"), CompressionBomb.class,
						container.name(), server.url())) {
			assertThat(program.await("HOOKS", Duration.ofSeconds(40)))
				.isEqualTo("HOOKS [OPEN, ERROR MESSAGE_TOO_LARGE 1009, CLOSE 1009 CLIENT, RECONNECT 1]");
			if (container == HeartbeatContainer.JETTY) {
				List<String> lines = program.lines();
				int plain = lines.indexOf("PLAIN");
				assertThat(lines.subList(0, plain)).noneMatch((line) -> line.contains(".JettyCompression "));
				assertThat(lines.subList(plain, lines.size())).anyMatch((line) -> line.contains(".JettyCompression "));
			}
		}
	}

	private static void serve(Connection connection, byte[] bomb) throws IOException {
		connection.readRequest();
		if (connection.headers().containsKey("Sec-WebSocket-Extensions")) {
			connection.write(connection.acceptance(DEFLATE));
			connection.write(bomb);
			connection.readSilently();
		}
		connection.write(connection.acceptance());
		connection.echo();
	}

}
