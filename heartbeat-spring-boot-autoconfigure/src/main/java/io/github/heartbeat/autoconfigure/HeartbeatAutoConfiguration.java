package io.github.heartbeat.autoconfigure;

import java.util.List;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.internal.client.ApplicationClients;
import io.github.heartbeat.internal.message.PayloadConverters;
import io.github.heartbeat.message.HeartbeatMessageConverter;
import jakarta.websocket.WebSocketContainer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.web.socket.client.WebSocketClient;

/**
 * Auto-configuration for WebSocket clients with heartbeats and reconnects. Backs off if
 * the application defines {@link HeartbeatClients}, or if a parent context has clients.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnClass({ WebSocketClient.class, WebSocketContainer.class })
@ConditionalOnBooleanProperty(name = "heartbeat.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(value = HeartbeatClients.class, search = SearchStrategy.CURRENT)
@Conditional(OnClientsOfAncestorCondition.class)
@EnableConfigurationProperties(HeartbeatProperties.class)
@Import({ HeartbeatClientBeans.class, EngineSupplier.class })
public final class HeartbeatAutoConfiguration {

	/**
	 * Without a key of this starter, the clients have no engine until the application
	 * creates its first client. The bean is not lazy, because it opens the configured
	 * clients and reports mistakes of their configuration.
	 */
	@Bean
	@Lazy(false)
	ApplicationClients heartbeatClients(ObjectProvider<EngineSupplier> engine, Environment environment) {
		ApplicationClients clients = new ApplicationClients(engine);
		if (ConfiguredKeys.mayExist(environment)) {
			clients.engine();
		}
		return clients;
	}

	@Bean
	@Lazy(false)
	static LeaseRelease heartbeatLeaseRelease(ObjectProvider<ApplicationClients> clients) {
		return new LeaseRelease(clients);
	}

	@Bean
	@Lazy
	PayloadConverters heartbeatPayloadConverters(ObjectProvider<List<HeartbeatMessageConverter>> converters) {
		return new PayloadConverters(() -> converters.getIfAvailable(List::of));
	}

	@Bean
	static MessageEventListenerFactory heartbeatMessageEventListenerFactory(
			ConfigurableListableBeanFactory beanFactory) {
		return new MessageEventListenerFactory(beanFactory);
	}

	@Bean
	static HeartbeatClientBeans heartbeatClientBeansPostProcessor(Environment environment) {
		return new HeartbeatClientBeans(environment);
	}

}
