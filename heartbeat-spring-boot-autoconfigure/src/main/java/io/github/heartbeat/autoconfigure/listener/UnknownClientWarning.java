package io.github.heartbeat.autoconfigure.listener;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClients;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationContext;

/**
 * Warns about methods that listen to a client that does not exist when the application is
 * ready. The application can create the client later.
 */
final class UnknownClientWarning {

	private static final Log logger = LogFactory.getLog(UnknownClientWarning.class);

	private final ApplicationContext context;

	private final HeartbeatClients clients;

	UnknownClientWarning(ApplicationContext context) {
		this.context = context;
		this.clients = context.getBean(HeartbeatClients.class);
	}

	void check(List<MessageListenerMethod> methods) {
		methods.forEach(this::check);
	}

	private void check(MessageListenerMethod method) {
		for (String name : method.clientNames()) {
			if (!isKnown(name)) {
				logger.warn("Method " + method.signature().name() + " of bean '" + method.beanName()
						+ "' listens to the client '" + name + "', which does not exist. " + clients());
			}
		}
	}

	/**
	 * A client whose bean was replaced, for example by a mock, is known by its bean name.
	 */
	private boolean isKnown(String name) {
		return this.clients.get(name) != null
				|| (this.context.containsBean(name) && this.context.isTypeMatch(name, HeartbeatClient.class));
	}

	private String clients() {
		Set<String> names = this.clients.getAll().keySet();
		return names.isEmpty() ? "There are no clients." : "The clients are "
				+ names.stream().map((name) -> "'" + name + "'").collect(Collectors.joining(", ")) + ".";
	}

}
