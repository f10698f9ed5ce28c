package io.github.heartbeat.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Restricts the demo to the local machine, regardless of {@code server.address}. The
 * filter rejects requests from other machines. It also rejects requests that a page of
 * another site sends from a browser on this machine, either as a cross-site POST or
 * through a host name that resolves to this machine (DNS rebinding).
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class LoopbackFilter extends OncePerRequestFilter {

	private static final Set<String> LOOPBACK_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");

	private static final Set<String> SAFE_METHODS = Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name(),
			HttpMethod.OPTIONS.name());

	private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'";

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
		response.setHeader("X-Content-Type-Options", "nosniff");
		if (!isHere(request)) {
			refuse(response, "The demo answers on the loopback address only.");
		}
		else if (!SAFE_METHODS.contains(request.getMethod()) && !isOfThisSite(request)) {
			refuse(response, "Pages of other sites may not ask for anything.");
		}
		else {
			chain.doFilter(request, response);
		}
	}

	private static boolean isHere(HttpServletRequest request) throws IOException {
		return InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()
				&& LOOPBACK_NAMES.contains(request.getServerName());
	}

	private static boolean isOfThisSite(HttpServletRequest request) {
		String origin = request.getHeader(HttpHeaders.ORIGIN);
		return origin == null || origin.equals(request.getScheme() + "://" + request.getHeader(HttpHeaders.HOST));
	}

	private static void refuse(HttpServletResponse response, String reason) throws IOException {
		response.setStatus(HttpStatus.FORBIDDEN.value());
		response.setContentType("text/plain");
		response.getWriter().println(reason);
	}

}
