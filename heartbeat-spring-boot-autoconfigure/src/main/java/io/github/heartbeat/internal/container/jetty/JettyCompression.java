package io.github.heartbeat.internal.container.jetty;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.internal.runtime.EngineLog;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.client.CoreClientUpgradeRequest;
import org.jspecify.annotations.Nullable;

/**
 * Completes Jetty's negotiation of permessage-deflate (RFC 7692). Jetty initializes an
 * extension with the parameters of the offer and ignores those of the answer. Its
 * permessage-deflate is that of a server: in a client it would apply
 * {@code client_no_context_takeover} to the messages of the server, and the other way
 * round.
 */
final class JettyCompression {

	private static final EngineLog logger = EngineLog.of(JettyCompression.class);

	private static final String CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover";

	private static final String SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover";

	private static final String SERVER_MAX_WINDOW_BITS = "server_max_window_bits";

	private JettyCompression() {
	}

	/**
	 * Replace the offer of an upgrade by the valid extensions of the answer. Jetty
	 * rejects an answer with further ones.
	 */
	static void useAnswer(CoreClientUpgradeRequest upgrade, Response answer) {
		try {
			upgrade.setExtensions(valid(answer));
		}
		catch (RuntimeException ex) {
			logger.debug("The answer to the offer of extensions cannot be parsed", ex);
			upgrade.setExtensions(List.of());
		}
	}

	private static List<ExtensionConfig> valid(Response answer) {
		return answer.getHeaders()
			.getCSV(HttpHeader.SEC_WEBSOCKET_EXTENSIONS, true)
			.stream()
			.map(ExtensionConfig::parse)
			.filter((extension) -> extension.getName().equals("permessage-deflate"))
			.filter((extension) -> extension.getParameters().entrySet().stream().allMatch(JettyCompression::isValid))
			.map(JettyCompression::exchanged)
			.toList();
	}

	/**
	 * Whether an answer can have a parameter. The window of the client cannot be limited,
	 * because that is not offered. Any window of the server can be inflated.
	 */
	private static boolean isValid(Map.Entry<String, @Nullable String> parameter) {
		String value = parameter.getValue();
		return switch (parameter.getKey()) {
			case CLIENT_NO_CONTEXT_TAKEOVER, SERVER_NO_CONTEXT_TAKEOVER -> value == null;
			case SERVER_MAX_WINDOW_BITS -> value != null && value.matches("[89]|1[0-5]");
			default -> false;
		};
	}

	private static ExtensionConfig exchanged(ExtensionConfig answer) {
		Map<String, @Nullable String> parameters = new HashMap<>();
		if (answer.getParameters().containsKey(CLIENT_NO_CONTEXT_TAKEOVER)) {
			parameters.put(SERVER_NO_CONTEXT_TAKEOVER, null);
		}
		if (answer.getParameters().containsKey(SERVER_NO_CONTEXT_TAKEOVER)) {
			parameters.put(CLIENT_NO_CONTEXT_TAKEOVER, null);
		}
		return new ExtensionConfig(answer.getName(), parameters);
	}

}
