package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.testing.ImportHeartbeatAutoConfigurations;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Malformed configurations with a secret in or next to the malformed place. The
 * application does not start, and the secret is not shown.
 */
@ExtendWith(OutputCaptureExtension.class)
class MalformedSecretsIntegrationTests {

	/** Part of every secret, and of nothing else. */
	private static final String MARK = "hush";

	@TempDir
	Path directory;

	/**
	 * The YAML is the value of {@code heartbeat}. {@code OK} is a valid client entry
	 * without its closing brace.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{clients: hush}                                      | 'heartbeat.clients' | heartbeat.clients.<name>.url
					{clients: "ws://u:hush@localhost"}                   | 'heartbeat.clients' | heartbeat.clients.<name>.url
					{clients: ["ws://u:hush@localhost"]}                 | 'heartbeat.clients' is a list | heartbeat.clients.<name>.url
					{clients: [{name: hush, url: "ws://u:hush@localhost"}]} | 'heartbeat.clients' is a list | heartbeat.clients.<name>.url
					{clients: {a: "ws://u:hush@localhost"}}              | 'heartbeat.clients.a' | 'heartbeat.clients.a.url'
					{clients: {a: ["ws://u:hush@localhost"]}}            | heartbeat.clients.a | 'url'
					{clients: {"[a:ws://u:hush@localhost]": {url: "ws://localhost"}}} | 'heartbeat.clients' | lower-case letters
					{clients: {a: {"[url:ws://u:hush@localhost]": x}}}   | heartbeat.clients.a | 'url'
					{clients: {a: {uri: "ws://u:hush@localhost"}}}       | 'heartbeat.clients.a.uri' | 'url'
					{clients: {a: {url: hush}}}                          | 'heartbeat.clients.a.url' | ws:// or wss://
					{clients: {a: {url: ["ws://u:hush@localhost"]}}}     | 'heartbeat.clients.a.url' is a list | single value
					{clients: {a: {url: {ws: "//u:hush@localhost"}}}}    | 'heartbeat.clients.a.url' is a map | single value
					{clients: {a: {url: "hush://localhost"}}}            | 'heartbeat.clients.a.url' | ws:// or wss://
					{clients: {a: {url: "hush:hush"}}}                   | 'heartbeat.clients.a.url' | ws:// or wss://
					{clients: {a: {url: "ws:hush"}}}                     | 'heartbeat.clients.a.url' | Use a host
					{clients: {a: {url: "ws:/hush"}}}                    | 'heartbeat.clients.a.url' | Use a host
					{clients: {a: {url: "ws:///?x=hush"}}}               | 'heartbeat.clients.a.url' | Use a host
					{clients: {a: {url: "ws://localhost:hush/"}}}        | 'heartbeat.clients.a.url' | numeric port
					{clients: {a: {url: "ws://u:hush"}}}                 | 'heartbeat.clients.a.url' | numeric port
					{clients: {a: {url: "ws://u:hush@localhost:port/"}}} | 'heartbeat.clients.a.url' | numeric port
					{clients: {a: {url: "ws://u:hush@under_score/"}}}    | 'heartbeat.clients.a.url' | underscore
					{clients: {a: {url: "ws://u:hush@localhost:70000"}}} | 'heartbeat.clients.a.url' | 1 to 65535
					{clients: {a: {url: "ws://u:hu@hush@localhost"}}}    | 'heartbeat.clients.a.url' | '%40'
					{clients: {a: {url: "ws://u:hush/hush@localhost"}}}  | 'heartbeat.clients.a.url' | '%2F'
					{clients: {a: {url: "ws://u:hush?hush@localhost"}}}  | 'heartbeat.clients.a.url' | '%3F'
					{clients: {a: {url: "ws://u:hush#hush@localhost"}}}  | 'heartbeat.clients.a.url' | '%23'
					{clients: {a: {url: "ws://u:12/hush@localhost/#x"}}} | 'heartbeat.clients.a.url' | '%23'
					{clients: {a: {url: "ws://u:hush hush@localhost"}}}  | 'heartbeat.clients.a.url' | percent-encode
					{clients: {a: {url: "ws://u:hush^[]@localhost"}}}    | 'heartbeat.clients.a.url' | percent-encode
					{clients: {a: {url: "ws://u:hush%zz@localhost"}}}    | 'heartbeat.clients.a.url' | percent-encode
					{clients: {a: {url: "ws://u:hush%FF@localhost"}}}    | 'heartbeat.clients.a.url' | UTF-8
					{clients: {a: {url: "ws://hush%3Au:x@localhost"}}}   | 'heartbeat.clients.a.url' | user name
					{clients: {a: {url: "ws://localhost/ ?t=hush"}}}     | 'heartbeat.clients.a.url' | percent-encode
					{clients: {a: {url: "ws://localhost/#hush"}}}        | 'heartbeat.clients.a.url' | '%23'
					{clients: {a: {url: "ws://localhost/hush\\nx"}}}     | 'heartbeat.clients.a.url' | percent-encode
					{clients: {a: {url: "http://u:hush@localhost/?t=hush"}}} | 'heartbeat.clients.a.url' | use ws://localhost/
					{clients: {a: {url: "http://u:hush/@localhost/"}}}   | 'heartbeat.clients.a.url' | use ws://
					{clients: {a: {url: "ws://u:hush@${heartbeat.clients.a.url}"}}} | 'heartbeat.clients.a.url' | placeholder
					{clients: {OK, headers: hush}}}                      | 'heartbeat.clients.a.headers' | 'heartbeat.clients.a.headers.<name>'
					{clients: {OK, headers: "Authorization: hush"}}}     | 'heartbeat.clients.a.headers' | 'heartbeat.clients.a.headers.<name>'
					{clients: {OK, headers: ["Authorization: hush"]}}}   | 'heartbeat.clients.a.headers' | 'heartbeat.clients.a.headers.<name>'
					{clients: {OK, headers: [{Authorization: hush}]}}}   | 'heartbeat.clients.a.headers' | 'heartbeat.clients.a.headers.<name>'
					{clients: {OK, headers: {"[X: hush]": x}}}}          | 'heartbeat.clients.a.headers' | letters, digits and dashes
					{clients: {OK, headers: {"[X hush\\n]": x}}}}        | 'heartbeat.clients.a.headers' | letters, digits and dashes
					{clients: {OK, headers: {X-Key: "hush\\nhush"}}}}    | 'heartbeat.clients.a.headers.X-Key' | one line
					{clients: {OK, headers: {X-Key: "hush\\thush"}}}}    | 'heartbeat.clients.a.headers.X-Key' | Remove the character
					{clients: {OK, headers: {X-Key: "hush张"}}}}         | 'heartbeat.clients.a.headers.X-Key' | Base64
					{clients: {OK, headers: {Host: hush}}}}              | 'heartbeat.clients.a.headers.Host' | Remove it
					{clients: {OK, protocols: "bearer.hush=="}}}         | 'heartbeat.clients.a.protocols' | letters, digits and dashes
					{clients: {OK, protocols: ["chat", "hu\\r\\nhush"]}}} | 'heartbeat.clients.a.protocols' | letters, digits and dashes
					{clients: {OK, protocols: [hush, hush]}}}            | 'heartbeat.clients.a.protocols' | once
					{clients: {OK, protocols: {bearer: hush}}}}          | 'heartbeat.clients.a.protocols' is a map | Use a list
					{clients: {OK, ping-timeout: soon, headers: {X: hush}}}} | 'heartbeat.clients.a.ping-timeout' is 'soon' | such as 10s
					{clients: {OK, ping-timeout: 9223372036854775807d, headers: {X: hush}}}} | 'heartbeat.clients.a.ping-timeout' | such as 10s
					{clients: {OK, ping-timeout: {x: hush}}}}            | 'heartbeat.clients.a.ping-timeout' is a map | single value
					{clients: {OK, repeat-limit: many, headers: {X: hush}}}} | 'heartbeat.clients.a.repeat-limit' is 'many' | whole number
					{clients: {OK, repeat-limit: 99999999999}}}          | 'heartbeat.clients.a.repeat-limit' is '99999999999' | whole number
					{clients: {OK, reconnect-jitter: some}}}             | 'heartbeat.clients.a.reconnect-jitter' is 'some' | number such as
					{clients: {OK, max-message-size: big}}}              | 'heartbeat.clients.a.max-message-size' is 'big' | such as 1MB
					{clients: {OK, max-message-size: 99999999999GB}}}    | 'heartbeat.clients.a.max-message-size' is '99999999999GB' | such as 1MB
					{clients: {OK, auto-startup: perhaps}}}              | 'heartbeat.clients.a.auto-startup' is 'perhaps' | true or false
					{clients: {OK, ping-type: pigeon}}}                  | 'heartbeat.clients.a.ping-type' is 'pigeon' | text, binary, ping
					{clients: {OK, ping-msg: {auth: hush}}}}             | 'heartbeat.clients.a.ping-msg' is a map | Quote
					{clients: {OK, pong-msg: [hush]}}}                   | 'heartbeat.clients.a.pong-msg' is a list | single value
					{clients: {OK, ping-type: ping, ping-msg: hushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhushhush}}} | 'heartbeat.clients.a.ping-msg' | Shorten
					{clients: {OK, send: hush}}}                         | 'heartbeat.clients.a.send' | keys
					{clients: {OK, send: {queue-bytes: many}, headers: {X: hush}}}} | 'heartbeat.clients.a.send.queue-bytes' is 'many' | such as 1MB
					{clients: {OK, ssl: hush}}}                          | 'heartbeat.clients.a.ssl' | keys
					{clients: {OK, stop-on: hush}}}                      | 'heartbeat.clients.a.stop-on' | keys
					{clients: {OK, health: hush}}}                       | 'heartbeat.clients.a.health' | keys
					{defaults: hush, clients: {OK}}}                     | 'heartbeat.defaults' | keys
					{defaults: {headers: hush}, clients: {OK}}}          | 'heartbeat.defaults.headers' | 'heartbeat.defaults.headers.<name>'
					{defaults: {protocols: "hush=="}, clients: {OK}}}    | 'heartbeat.defaults.protocols' | letters, digits and dashes
					{defaults: {url: "ws://u:hush@localhost"}}           | 'heartbeat.defaults.url' | heartbeat.clients.<name>.url
					{defaults: {headers: {X: "hush\\n"}}}                | 'heartbeat.defaults.headers.X' | one line
					{container: hamster, clients: {OK, headers: {X: hush}}}} | 'heartbeat.container' is 'hamster' | auto, tomcat, jetty
					{max-connects-per-origin: many, clients: {OK, headers: {X: hush}}}} | 'heartbeat.max-connects-per-origin' is 'many' | whole number
					{url: "ws://u:hush@localhost"}                       | 'heartbeat.url' | heartbeat.clients.<name>.url
					{client: {a: {url: "ws://u:hush@localhost"}}}        | 'heartbeat.client' | 'heartbeat.clients'
					{a: {url: "ws://u:hush@localhost"}}                  | 'heartbeat.a' | 'heartbeat.clients.a'
					{other: {x: hush}, "[ws://u:hush@localhost]": x}     | 'heartbeat | Remove
					{clients: {OK, header: {X: hush}}}}                  | 'heartbeat.clients.a.header.X' | 'headers.X'
					{clients: {OK, header: {"[X hush]": hush}}}}         | 'heartbeat.clients.a.header[***]' | 'headers[***]'
					{clients: {OK, other: hush}, b: {url: "ws://u:hush@x/#"}}} | 2 mistakes | Remove
					{clients: {OK}, A: {url: "ws://u:hush@localhost"}}}  | 'heartbeat.clients.A' is another spelling of 'heartbeat.clients.a' | Remove one
					{clients: {OK, headers: {X: "hush${hush hush}"}}}}   | 'heartbeat.clients.a.headers.X' has a placeholder | Define it
					{clients: {OK, headers: {X: "hush${TOKEN}"}}}}       | 'heartbeat.clients.a.headers.X' has the placeholder '${TOKEN}' | Define 'TOKEN'
					{clients: {OK, ping-msg: "hush${TOKEN}"}}}           | 'heartbeat.clients.a.ping-msg' has the placeholder '${TOKEN}' | Define 'TOKEN'
					{clients: {a: {url: "ws://u:hush@h/${TOKEN}"}}}      | 'heartbeat.clients.a.url' has the placeholder '${TOKEN}' | Define 'TOKEN'
					{clients: {OK, protocols: ["hush${TOKEN}"]}}}        | 'heartbeat.clients.a.protocols[0]' has the placeholder '${TOKEN}' | Define 'TOKEN'
					{defaults: {pong-msg: "hush${TOKEN}"}}               | 'heartbeat.defaults.pong-msg' has the placeholder '${TOKEN}' | Define 'TOKEN'
					""")
	void theSecretIsNotShown(String yaml, String key, String fix, CapturedOutput output) throws IOException {
		Path file = this.directory.resolve("application.yml");
		Files.writeString(file,
				"heartbeat: " + yaml.replace("{OK", "{a: {url: \"ws://u:hush@localhost:1/?t=hush\"") + "\n");
		assertThatStartFailsWithoutSecret(MinimalApplication.class, output, key, fix,
				"--spring.config.location=" + file.toUri());
	}

	/**
	 * Names and origins of properties differ between files, the command line and the
	 * environment.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			heartbeat.clients=hush                         | 'heartbeat.clients' | heartbeat.clients.<name>.url
			heartbeat.clients.a=ws://u:hush@localhost      | 'heartbeat.clients.a' | 'heartbeat.clients.a.url'
			heartbeat.clients.a.url=hush                   | 'heartbeat.clients.a.url' | ws:// or wss://
			heartbeat.clients.a.headers=hush               | 'heartbeat.clients.a.headers' | .headers.<name>
			heartbeat.clients.a.headers[0]=hush            | 'heartbeat.clients.a | headers.<name>
			heartbeat.clients.a.headers[X hush]=x          | 'heartbeat.clients.a.headers' | letters, digits and dashes
			heartbeat.clients.a[ws://u:hush@localhost]=x   | 'heartbeat.clients.a[***]' | 'url'
			heartbeat.client[ws://u:hush@localhost]=x      | 'heartbeat.client' | 'heartbeat.clients'
			heartbeat.clients[ws://u:hush@localhost]=x     | 'heartbeat.clients' | lower-case letters
			heartbeat.clients[ws://u:hush@localhost].url=x | 'heartbeat.clients | lower-case letters
			heartbeat[ws://u:hush@localhost]=x             | 'heartbeat | .url'
			""")
	void aSecretOfTheCommandLineIsNotShown(String argument, String key, String fix, CapturedOutput output) {
		List<String> arguments = new ArrayList<>(List.of("--" + argument));
		if (argument.startsWith("heartbeat.clients.a.headers")) {
			arguments.add("--heartbeat.clients.a.url=ws://localhost:1");
		}
		assertThatStartFailsWithoutSecret(Application.class, output, key, fix, arguments.toArray(String[]::new));
	}

	private static void assertThatStartFailsWithoutSecret(Class<?> type, CapturedOutput output, String key, String fix,
			String... arguments) {
		SpringApplication application = new SpringApplication(type);
		application.setWebApplicationType(WebApplicationType.NONE);
		Throwable failure = catchThrowable(() -> application.run(arguments).close());
		assertThat(failure).as("failure").isNotNull();
		assertThat(output.getAll()).doesNotContainIgnoringCase(MARK).contains("APPLICATION FAILED TO START");
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			assertThat(cause.toString()).doesNotContainIgnoringCase(MARK);
			assertThat(cause.getSuppressed())
				.allSatisfy((suppressed) -> assertThat(suppressed.toString()).doesNotContainIgnoringCase(MARK));
		}
		String analysis = output.getAll().substring(output.getAll().indexOf("APPLICATION FAILED TO START"));
		assertThat(analysis.substring(analysis.indexOf("Description:"), analysis.indexOf("Action:"))).contains(key);
		assertThat(analysis.substring(analysis.indexOf("Action:"))).contains(fix);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	static class MinimalApplication {

	}

}
