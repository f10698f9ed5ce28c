package io.github.heartbeat.autoconfigure;

import java.util.Locale;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClients;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.beans.factory.BeanRegistry.SupplierContext;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

/**
 * Registers a bean for each configured client. An application that was processed ahead of
 * time runs it again at run time, and also gets clients that only the run-time
 * environment defines.
 */
final class HeartbeatClientBeanRegistrar implements BeanRegistrar {

	@Override
	public void register(BeanRegistry registry, Environment environment) {
		for (String name : ConfiguredClients.validNames(environment)) {
			registry.registerBean(beanName(name), HeartbeatClient.class,
					(spec) -> spec.description("WebSocket client '" + name + "'")
						.supplier((context) -> client(context, name)));
		}
	}

	private static HeartbeatClient client(SupplierContext context, String name) {
		@Nullable HeartbeatClient client = context.bean(HeartbeatClients.class).get(name);
		Assert.state(client != null, () -> "Client '" + name + "' was removed");
		return client;
	}

	static String beanName(String clientName) {
		StringBuilder name = new StringBuilder();
		for (String word : clientName.split("-")) {
			if (!word.isEmpty()) {
				name.append(name.isEmpty() ? word.substring(0, 1) : word.substring(0, 1).toUpperCase(Locale.ROOT));
				name.append(word.substring(1));
			}
		}
		return name.append("HeartbeatClient").toString();
	}

}
