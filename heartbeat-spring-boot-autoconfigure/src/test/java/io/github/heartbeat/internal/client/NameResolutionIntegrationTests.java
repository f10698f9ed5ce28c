package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatContainer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests name lookups that stall, in a network namespace whose resolver drops every query.
 * Java code can neither interrupt a lookup nor make it stall, so the tested code runs in
 * a separate JVM: {@link StalledLookups}. {@link HandshakeIntegrationTests} covers
 * lookups that fail immediately.
 */
@Timeout(90)
class NameResolutionIntegrationTests {

	/** How long the resolver of the system waits for an answer. */
	private static final int STALL_SECONDS = 8;

	/**
	 * Creates a namespace that has only the loopback interface, and runs a command in it
	 * with test files in place of system files.
	 */
	private static final String SCRIPT = """
			files=$1; shift
			ip transport set lo up || exit 1
			for file in resolv.conf nsswitch.conf hosts; do
				mount --bind "$files/$file" "/etc/$file" || exit 1
			done
			exec "$@"
			""";

	@TempDir
	private Path files;

	@BeforeEach
	void writeFiles() throws Exception {
		Files.writeString(this.files.resolve("resolv.conf"),
				"nameserver 127.0.0.1\noptions timeout:" + STALL_SECONDS + " attempts:1\n");
		Files.writeString(this.files.resolve("nsswitch.conf"), "hosts: files dns\n");
		Files.writeString(this.files.resolve("hosts"), "127.0.0.1 localhost\n");
		assumeTrue(System.getProperty("os.name").equals("Linux"), "Network namespaces need Linux");
		assumeTrue("root".equals(System.getProperty("user.name")), "Network namespaces need root");
		Run probe = inNamespace(List.of("true"));
		assumeTrue(probe.status() == 0, () -> "No network namespace can be made here: " + probe.output());
	}

	private Run inNamespace(List<String> command) throws IOException, InterruptedException {
		List<String> line = new ArrayList<>(
				List.of("unshare", "--net", "--mount", "sh", "-c", SCRIPT, "sh", this.files.toString()));
		line.addAll(command);
		Path output = this.files.resolve("output");
		Process process;
		try {
			process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		}
		catch (IOException ex) {
			return new Run(127, List.of(ex.getMessage()));
		}
		try {
			boolean ended = process.waitFor(60, TimeUnit.SECONDS);
			return new Run(ended ? process.exitValue() : -1, Files.readAllLines(output));
		}
		finally {
			process.destroyForcibly();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "JETTY" })
	void aLookupThatStallsHoldsUpNothingButItsClient(HeartbeatContainer container) throws Exception {
		Run run = inNamespace(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), StalledLookups.class.getName(), container.name()));
		assertThat(run.status()).as(() -> String.join("\n", run.output())).isZero();
		assertThat(run.number("healthy-open")).isLessThan(8);
		for (int i = 0; i < StalledLookups.HEALTHY; i++) {
			assertThat(run.number("gap.healthy-" + i)).isLessThan(3);
			assertThat(run.texts("lines.healthy-" + i)).containsExactly("[OPEN, MESSAGE heartbeat]");
		}
		for (String client : StalledLookups.stalled()) {
			assertThat(run.number("lookups." + client)).as("One lookup, whatever the number of attempts").isOne();
			assertEveryAttemptEndsOnTime(run.texts("hook." + client));
		}
		assertThat(run.number("threads-in-lookups")).isBetween(StalledLookups.STALLED + 1.0,
				(double) StalledLookups.stalled().size());
		assertThat(run.texts("closed-state")).containsExactly("STOPPED");
		assertThat(run.number("close")).isLessThan(1);
		assertThat(run.number("open-after-answer")).isLessThan(5);
		assertThat(run.number("threads-in-lookups-at-the-end")).as("The end comes in the middle of lookups")
			.isPositive();
		assertThat(run.number("stop")).isLessThan(1);
		assertThat(run.number("stopped")).isLessThan(2);
		assertThat(run.number("destroy")).isLessThan(2);
		assertThat(run.texts("threads-left")).containsExactly("[]");
		assertThat(run.number("last-lookup-returned")).isGreaterThan(STALL_SECONDS - 1);
	}

	/**
	 * One second for the attempt, and a fifth of a second until the next one.
	 */
	private static void assertEveryAttemptEndsOnTime(List<String> hooks) {
		assertThat(hooks).hasSizeGreaterThanOrEqualTo(6);
		double before = -0.2;
		for (int i = 0; i < hooks.size(); i++) {
			String[] hook = hooks.get(i).split(" ", 2);
			assertThat(hook[1]).isEqualTo((i % 2 == 0) ? "ERROR CONNECT_TIMEOUT" : "RECONNECT " + (i / 2 + 1));
			if (i % 2 == 0) {
				double seconds = Double.parseDouble(hook[0]);
				assertThat(seconds - before).isBetween(1.1, 3.0);
				before = seconds;
			}
		}
	}

	/**
	 * A command that has ended, and its output.
	 */
	private record Run(int status, List<String> output) {

		List<String> texts(String fact) {
			String prefix = "FACT " + fact + " ";
			return this.output.stream()
				.filter((line) -> line.startsWith(prefix))
				.map((line) -> line.substring(prefix.length()))
				.toList();
		}

		double number(String fact) {
			assertThat(texts(fact)).as(fact).hasSize(1);
			return Double.parseDouble(texts(fact).get(0));
		}

	}

}
