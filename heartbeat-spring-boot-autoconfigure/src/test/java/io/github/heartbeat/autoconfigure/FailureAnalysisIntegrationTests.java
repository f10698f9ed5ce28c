package io.github.heartbeat.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.leader.HeartbeatLeases;
import io.github.heartbeat.testing.ImportHeartbeatAutoConfigurations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * An invalid value fails startup with an analysis that names the key, the value and the
 * fix.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisIntegrationTests {

	private static String start(CapturedOutput output, SpringApplication application, String... arguments) {
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run(arguments));
		assertThat(output).contains("APPLICATION FAILED TO START");
		return output.toString().substring(output.toString().indexOf("APPLICATION FAILED TO START"));
	}

	/**
	 * A key without a prefix belongs to a client that has a url.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					url= | 'heartbeat.clients.feed.url' is not set | ws:// or wss://
					url=http://localhost/x | 'http://localhost/x', which has the scheme 'http' | use ws://localhost/x
					url=https://localhost/x | 'https://localhost/x', which has the scheme 'https' | use wss://localhost/x
					url=ftp://localhost | 'heartbeat.clients.feed.url' does not start with ws:// or wss:// | Use ws:// or wss://
					url=ws://under_score/ | 'ws://under_score', which has no valid host or port | underscore
					url=ws://user:p@ss@localhost/ | has more than one '@' before its path | as '%40'
					url=ws://localhost/#part | which has a fragment | Remove the fragment
					ping-timeout=0 | 'heartbeat.clients.feed.ping-timeout' is '0ms', which is zero | Use a positive duration
					ping-timeout=-1s | is '-1000ms', which is negative | Use a positive duration
					ping-timeout=109500000000d | 'heartbeat.clients.feed.ping-timeout' is 'PT2628000000000H', which is longer than ten years | Use a shorter
					send.timeout=3651d | is '315446400000ms', which is longer than ten years | Use a shorter
					heartbeat.defaults.connect-timeout=109500000000d | 'heartbeat.defaults.connect-timeout' is 'PT2628000000000H' | Use a shorter
					pong-timeout=0 | 'heartbeat.clients.feed.pong-timeout' is '0ms' | Use a positive duration
					reconnect-timeout=0 | 'heartbeat.clients.feed.reconnect-timeout' is '0ms' | Use a positive duration
					reconnect-multiplier=0.9 | '0.9', which is not a finite number of at least 1 | Use 1 for a constant wait
					reconnect-max-timeout=1s | is '1000ms', which is shorter than 'reconnect-timeout' (2000ms) | Increase it or decrease
					reconnect-jitter=1.1 | is '1.1', which is not between 0 and 1 | Use a fraction such as 0.2
					repeat-limit=-1 | 'heartbeat.clients.feed.repeat-limit' is '-1', which is negative | Use 0 to never reconnect
					stable-after=-1 | 'heartbeat.clients.feed.stable-after' is '-1ms' | Use a positive duration
					connect-timeout=0 | 'heartbeat.clients.feed.connect-timeout' is '0ms' | Use a positive duration
					close-timeout=-1 | 'heartbeat.clients.feed.close-timeout' is '-1ms' | Use a positive duration
					max-message-size=0 | 'heartbeat.clients.feed.max-message-size' is '0B' | Use a size such as 1MB
					send.queue-messages=0 | 'heartbeat.clients.feed.send.queue-messages' is '0' | Use 1 or more
					send.queue-bytes=0 | 'heartbeat.clients.feed.send.queue-bytes' is '0B' | Use a size such as 1MB
					send.time-to-live=0 | 'heartbeat.clients.feed.send.time-to-live' is '0ms' | Use a positive duration
					send.timeout=0 | 'heartbeat.clients.feed.send.timeout' is '0ms' | Use a positive duration
					stop-on.close-codes=999 | '999', which is not between 1000 and 4999 | Use codes and ranges
					stop-on.close-codes=1012 | names 1012, 1013 or 1014, which Tomcat | 'heartbeat.container: jetty'
					stop-on.http-statuses=4xx | '4xx', which is neither a code nor a range | Use codes and ranges
					pong-pattern=(pong | 'heartbeat.clients.feed.pong-pattern' is not a regular expression (index 5) | Use the syntax of java.util.regex.Pattern
					headers.Host=other | 'heartbeat.clients.feed.headers.Host' is set by the handshake | Remove it
					headers.Sec-WebSocket-Protocol=chat | is set by the handshake | Use 'protocols' instead
					protocols=a b | 'heartbeat.clients.feed.protocols' has an entry at index 0 that is not a token | Use letters
					ssl.bundle=mine | 'heartbeat.clients.feed.ssl.bundle' is 'mine', which requires a url of scheme wss | Use wss://
					heartbeat.max-connects-per-origin=0 | 'heartbeat.max-connects-per-origin' is '0' | Set it to 1 or more
					heartbeat.defaults.repeat-limit=-2 | 'heartbeat.defaults.repeat-limit' is '-2' | Use 0 to never reconnect
					heartbeat.clients.Feed_2.url=ws://localhost | 'heartbeat.clients.Feed_2' is not a client name | lower-case
					management.health.heartbeat.down-after=109500000000d | 'management.health.heartbeat.down-after' is 'PT2628000000000H', which is longer than ten years | such as 30s
					management.health.heartbeat.down-after=-1s | 'management.health.heartbeat.down-after' is 'PT-1S' | such as 30s
					""")
	void aBadValueIsExplained(String property, String description, String action, CapturedOutput output) {
		String key = property.startsWith("heartbeat.") || property.startsWith("management.") ? property
				: "heartbeat.clients.feed." + property;
		List<String> arguments = new ArrayList<>(
				List.of("--heartbeat.clients.feed.url=ws://localhost:1", "--heartbeat.container=tomcat"));
		arguments.add("--" + key);
		if (property.startsWith("url=")) {
			arguments.remove(0);
		}
		String analysis = start(output, new SpringApplication(MinimalApplication.class),
				arguments.toArray(String[]::new));
		assertThat(analysis.substring(analysis.indexOf("Description:"), analysis.indexOf("Action:")))
			.contains(description);
		assertThat(analysis.substring(analysis.indexOf("Action:"))).contains(action);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			ping-type=carrier-pigeon | heartbeat.clients.feed.ping-type | PING
			ping-timeout=soon | heartbeat.clients.feed.ping-timeout | soon
			repeat-limit=many | heartbeat.clients.feed.repeat-limit | property source 'commandLineArgs'
			repeat-limit=many | heartbeat.clients.feed.repeat-limit | many
			send.while-disconnected=keep | heartbeat.clients.feed.send.while-disconnected | REJECT
			""")
	void aValueOfTheWrongTypeIsExplained(String property, String key, String detail, CapturedOutput output) {
		assertThat(start(output, new SpringApplication(MinimalApplication.class),
				"--heartbeat.clients.feed.url=ws://localhost:1", "--heartbeat.clients.feed." + property))
			.contains(key)
			.containsIgnoringCase(detail);
	}

	@Test
	void theOriginOfAKeyOfHealthIsNamed(CapturedOutput output) {
		assertThat(
				start(output, new SpringApplication(Application.class), "--management.health.heartbeat.down-after=-1s"))
			.contains("'management.health.heartbeat.down-after' is 'PT-1S', which is negative")
			.contains("Origin: property source 'commandLineArgs'");
	}

	@Test
	void aBeanThatNeedsTheStoreOfLeasesIsExplained(CapturedOutput output) {
		assertThat(start(output, new SpringApplication(Application.class, StoreUser.class)))
			.contains("The store of leases cannot be created, because there is no lock registry.")
			.contains("Define a JdbcLockRegistry");
	}

	@Test
	void aLongPingIsExplained(CapturedOutput output) {
		assertThat(start(output, new SpringApplication(Application.class),
				"--heartbeat.clients.feed.url=ws://localhost:1", "--heartbeat.clients.feed.ping-type=ping",
				"--heartbeat.clients.feed.ping-msg=" + "x".repeat(126)))
			.contains(
					"'heartbeat.clients.feed.ping-msg' has 126 bytes, but the payload of a ping frame has at most 125")
			.contains("Shorten it or use 'ping-type: text'");
	}

	@Test
	void aLineBreakInAHeaderIsExplained(CapturedOutput output) {
		assertThat(
				start(output, new SpringApplication(Application.class), "--heartbeat.clients.feed.url=ws://localhost:1",
						"--heartbeat.clients.feed.headers.X-Key=a\r\nX-Evil: b"))
			.contains("'heartbeat.clients.feed.headers.X-Key' has a line break in its value")
			.contains("Write the value on one line")
			.doesNotContain("X-Evil");
	}

	@Test
	void anEntryThatBindsToNothingIsExplained(CapturedOutput output) {
		assertThat(start(output, new SpringApplication(Application.class),
				"--heartbeat.clients.feed.uri=ws://user:hush@localhost:1"))
			.contains("'heartbeat.clients.feed.uri' is not a known key", "Origin: property source 'commandLineArgs'")
			.contains("Did you mean 'url'?")
			.doesNotContain("hush");
	}

	@Test
	void anUnknownKeyIsExplained(CapturedOutput output) {
		assertThat(start(output, new SpringApplication(Application.class),
				"--heartbeat.clients.feed.url=ws://localhost:1", "--heartbeat.clients.feed.ping-timout=1s",
				"--heartbeat.clients.feed.header.Authorization=Bearer hush"))
			.contains("'heartbeat.clients.feed.ping-timout' is not a known key",
					"'heartbeat.clients.feed.header.Authorization' is not a known key")
			.doesNotContain("hush");
	}

	@Test
	void aContainerThatIsNotThereIsExplained(CapturedOutput output) {
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		FilteredClassLoader withoutJetty = new FilteredClassLoader("org.eclipse.jetty");
		Thread.currentThread().setContextClassLoader(withoutJetty);
		try {
			SpringApplication application = new SpringApplication(new DefaultResourceLoader(withoutJetty),
					Application.class);
			assertThat(start(output, application, "--heartbeat.container=jetty"))
				.contains("'heartbeat.container' is 'jetty', which is not on the classpath")
				.contains("Add the dependency org.eclipse.jetty.ee11.websocket:jetty-ee11-websocket-jakarta-client");
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	static class MinimalApplication {

	}

	@Configuration(proxyBeanMethods = false)
	static class StoreUser {

		@Bean
		String user(HeartbeatLeases leases) {
			return leases.toString();
		}

	}

}
