package io.github.heartbeat.demo;

import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Verifies which requests get an answer. A test cannot use other machines, so it fakes
 * their requests.
 */
class LoopbackFilterTests {

	@ParameterizedTest
	@CsvSource({ "GET, 127.0.0.1, localhost,, true", "GET, 127.0.0.9, 127.0.0.1,, true",
			"GET, 0:0:0:0:0:0:0:1, [::1],, true", "GET, 192.168.1.9, 192.168.1.7,, false",
			"GET, 192.168.1.9, localhost,, false", "GET, fe80:0:0:0:0:0:0:1, localhost,, false",
			"GET, 127.0.0.1, rebound.example.com,, false", "POST, 127.0.0.1, localhost,, true",
			"POST, 127.0.0.1, localhost, http://localhost:8080, true",
			"POST, 127.0.0.1, localhost, http://localhost:8081, false",
			"POST, 127.0.0.1, localhost, http://127.0.0.1:8080, false",
			"PUT, 127.0.0.1, localhost, http://example.com, false",
			"GET, 127.0.0.1, localhost, http://example.com, true" })
	void answersThisMachineAndItsOwnPageOnly(String method, String remote, String name, String origin, boolean answered)
			throws Exception {
		MockHttpServletRequest request = new MockHttpServletRequest(method, "/");
		request.setRemoteAddr(remote);
		request.addHeader("Host", name + ":8080");
		if (origin != null) {
			request.addHeader("Origin", origin);
		}
		MockHttpServletResponse response = new MockHttpServletResponse();
		AtomicBoolean passed = new AtomicBoolean();
		new LoopbackFilter().doFilter(request, response, (passedRequest, passedResponse) -> passed.set(true));
		assertThat(passed).satisfies((was) -> assertThat(was.get()).isEqualTo(answered));
		assertThat(response.getStatus()).isEqualTo(answered ? 200 : 403);
		assertThat(response.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
	}

}
