package io.github.heartbeat.demo.dashboard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.demo.DemoRun;
import io.github.heartbeat.demo.HookLine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Verifies which events a page receives, also after it reconnects.
 */
@Timeout(60)
class LiveEventsIntegrationTests {

	private static final DemoRun demo = DemoRun.start();

	private final HttpClient http = HttpClient.newHttpClient();

	@AfterAll
	static void stop() {
		demo.close();
	}

	private BufferedReader events(DemoRun demo, String lastEventId) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(demo.url() + "events"));
		if (lastEventId != null) {
			request.header("Last-Event-ID", lastEventId);
		}
		HttpResponse<InputStream> response = this.http.send(request.build(), BodyHandlers.ofInputStream());
		assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
		return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
	}

	private static String next(BufferedReader events, String beginning) throws IOException {
		for (String line = events.readLine(); line != null; line = events.readLine()) {
			if (line.startsWith(beginning)) {
				return line.substring(beginning.length());
			}
		}
		throw new AssertionError("The events have ended");
	}

	@Test
	void aPageIsToldOfTheClientsAndOfWhatHappens() throws Exception {
		try (BufferedReader events = events(demo, null)) {
			assertThat(next(events, "event:")).isEqualTo("hello");
			assertThat(next(events, "data:")).contains("\"client\":\"feed\"", "\"pingTimeout\":3000",
					"\"pongTimeout\":2000");
			for (String type : new String[] { "client", "state", "login", "hook", "received", "heartbeat", "answer" }) {
				next(events, "event:" + type);
			}
			demo.bean(HeartbeatClients.class).get("echo").reconnect();
			next(events, "event:wait");
			assertThat(next(events, "data:")).contains("\"client\":\"echo\",\"attempt\":1,\"millis\":0");
		}
	}

	@Test
	void aPageThatComesBackIsToldWhatItHasMissedAndNothingTwice() throws Exception {
		String first;
		String second;
		try (BufferedReader events = events(demo, null)) {
			next(events, "event:heartbeat");
			first = next(events, "id:");
			second = next(events, "id:");
		}
		assertThat(number(second)).isEqualTo(number(first) + 1);
		try (BufferedReader events = events(demo, first)) {
			assertThat(next(events, "event:")).isEqualTo("hello");
			assertThat(next(events, "id:")).isEqualTo(second);
		}
		try (BufferedReader events = events(demo, "another-run/9999")) {
			assertThat(number(next(events, "id:"))).isZero();
		}
	}

	private static long number(String id) {
		return Long.parseLong(id.substring(id.indexOf('/') + 1));
	}

	/**
	 * Otherwise, the web server waits up to half a minute for open responses.
	 */
	@Test
	void theEndOfTheApplicationDoesNotWaitForItsPages() throws Exception {
		try (DemoRun other = DemoRun.start(); BufferedReader events = events(other, null)) {
			next(events, "event:hello");
			long closing = System.nanoTime();
			other.stop();
			assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(Duration.ofSeconds(10));
		}
	}

	/**
	 * More pages than the task executor of Spring Boot has threads. The events are larger
	 * than the buffers of a socket.
	 */
	@Test
	void ninePagesThatDoNotReadDelayNobodyAndNotTheEnd() throws Exception {
		List<Socket> stuck = new ArrayList<>();
		try (DemoRun other = DemoRun.start(); BufferedReader events = events(other, null)) {
			for (int i = 0; i < 9; i++) {
				stuck.add(subscribe(other));
			}
			String text = "x".repeat(100_000);
			for (int i = 0; i < 100; i++) {
				other.bean(LiveEvents.class).publish("hook", new HookLine("nobody", "MESSAGE", text));
			}
			other.bean(LiveEvents.class).publish("last", "");
			next(events, "event:last");
			long closing = System.nanoTime();
			other.stop();
			assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(Duration.ofSeconds(15));
		}
		finally {
			for (Socket socket : stuck) {
				socket.close();
			}
		}
	}

	/**
	 * Request the events, and read no more than the beginning of the answer.
	 */
	private static Socket subscribe(DemoRun demo) throws IOException {
		URI url = URI.create(demo.url());
		Socket socket = new Socket();
		socket.setReceiveBufferSize(1024);
		socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
		socket.getOutputStream()
			.write("GET /events HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(url.getAuthority()).getBytes());
		assertThat(socket.getInputStream().read()).isNotNegative();
		return socket;
	}

	@Test
	void aPageThatDoesNotReadIsCutOffAndHoldsUpNobody() {
		Queue<Runnable> stuck = new ArrayDeque<>();
		Subscriber slow = new Subscriber(stuck::add);
		LiveEvents events = new LiveEvents();
		events.subscribe(slow, null);
		for (int i = 0; i < 3000; i++) {
			events.publish("state", new LiveEvent.State("nobody", HeartbeatClientState.OPEN, null));
		}
		assertThat(slow.isCompleted()).isTrue();
		assertThat(stuck).as("one task at a time").hasSize(1);
	}

}
