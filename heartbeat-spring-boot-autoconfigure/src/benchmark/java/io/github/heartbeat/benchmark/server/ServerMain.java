package io.github.heartbeat.benchmark.server;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.benchmark.process.Command;
import io.github.heartbeat.benchmark.process.CommandLoop;
import io.github.heartbeat.benchmark.process.Reply;
import io.github.heartbeat.benchmark.server.WebSocketServer.Answers;
import io.github.heartbeat.testing.Certificates;

/**
 * Main class of the JVM of the server.
 */
public final class ServerMain {

	/** The file with the certificate authority that clients trust, in the given directory. */
	public static final String TRUST_STORE = "trust.p12";

	private final WebSocketServer server = new WebSocketServer();

	private CompletableFuture<Long> expectation = new CompletableFuture<>();

	private ServerMain() throws Exception {
	}

	/**
	 * Serve commands.
	 * @param arguments none
	 */
	public static void main(String[] arguments) throws Exception {
		CommandLoop.serve(new ServerMain().commands());
	}

	private Map<String, Command> commands() {
		return Map.ofEntries(Map.entry("port", (args) -> new Reply().with("port", this.server.port())),
				Map.entry("secure-port", (args) -> new Reply().with("port", secure(Path.of(args[0])))),
				Map.entry("answer", (args) -> {
					this.server.answer(Answers.valueOf(args[0]));
					return new Reply();
				}), Map.entry("expect", (args) -> {
					this.expectation = this.server.expect(Long.parseLong(args[0]));
					return new Reply();
				}),
				Map.entry("received",
						(args) -> new Reply().with("nanos",
								this.expectation.get(Long.parseLong(args[0]), TimeUnit.SECONDS))),
				Map.entry("blast", (args) -> {
					this.server.blast(Long.parseLong(args[0]), Integer.parseInt(args[1]));
					return new Reply();
				}),
				Map.entry("quotes", (args) -> {
					this.server.blastQuotes(Long.parseLong(args[0]));
					return new Reply();
				}), Map.entry("compress", (args) -> {
					this.server.compress();
					return new Reply();
				}), Map.entry("freeze",
						(args) -> new Reply().with("at", this.server.freeze(args[0].equals("after-message")))),
				Map.entry("harm", (args) -> {
					this.server.harm(Double.parseDouble(args[1]), args[0].equals("freeze"));
					return new Reply();
				}), Map.entry("down", (args) -> {
					this.server.down();
					return new Reply();
				}), Map.entry("up", (args) -> new Reply().with("at", this.server.up())), Map.entry("connects",
						(args) -> new Reply().with("count", this.server.upgrades())
							.with("busiest", this.server.busiestMoment())));
	}

	private int secure(Path directory) throws Exception {
		Certificates certificates = new Certificates(directory);
		certificates.sign("server", "-ext", "san=dns:localhost,ip:127.0.0.1");
		certificates.writeStore(directory.resolve(TRUST_STORE), "PKCS12", "authority", false);
		return new TlsFront(certificates.server("server"), this.server.port()).port();
	}

}
