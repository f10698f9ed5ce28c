package io.github.heartbeat.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClientCustomizer;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatPingMessageSupplier;
import io.github.heartbeat.HeartbeatReconnectPolicy;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.client.DefaultHeartbeatClients;
import io.github.heartbeat.client.DefaultHeartbeatClients.Collaborators;
import io.github.heartbeat.client.EngineRuntimeHints;
import io.github.heartbeat.event.HeartbeatEventPublisher;
import jakarta.websocket.WebSocketContainer;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;

/**
 * Auto-configuration of WebSocket clients that stay connected. Backs off where there are
 * {@link HeartbeatClients} already, in a parent context too.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnClass({ StandardWebSocketClient.class, WebSocketContainer.class })
@ConditionalOnBooleanProperty(name = "heartbeat.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(HeartbeatClients.class)
@EnableConfigurationProperties(HeartbeatProperties.class)
@Import(HeartbeatClientBeanRegistrar.class)
@ImportRuntimeHints({ EngineRuntimeHints.class, EventRuntimeHints.class })
public final class HeartbeatAutoConfiguration {

	@Bean
	DefaultHeartbeatClients heartbeatClients(HeartbeatProperties properties, Environment environment,
			ApplicationEventPublisher publisher, ObjectProvider<HeartbeatClientCustomizer> customizers,
			ObjectProvider<HeartbeatHandshakeCustomizer> handshakeCustomizers,
			ObjectProvider<HeartbeatPingMessageSupplier> pingMessageSuppliers,
			ObjectProvider<HeartbeatReconnectPolicy> reconnectPolicies, ObjectProvider<HeartbeatListener> listeners,
			ObjectProvider<HeartbeatClientObserverFactory> observers, ObjectProvider<SslBundles> sslBundles) {
		ConfiguredClients configured = new ConfiguredClients(properties, environment);
		SslBundleTlsSource tls = new SslBundleTlsSource(sslBundles.getIfAvailable());
		DefaultHeartbeatClients clients = create(properties, configured.defaults(tls),
				Threading.VIRTUAL.isActive(environment),
				new Collaborators(() -> ordered(customizers), () -> ordered(handshakeCustomizers),
						() -> ordered(pingMessageSuppliers), () -> ordered(reconnectPolicies),
						() -> withPublisher(ordered(listeners), publisher), () -> ordered(observers), tls));
		configured.clients().forEach((name, builder) -> {
			try {
				clients.create(name, builder);
			}
			catch (InvalidHeartbeatSettingException ex) {
				throw ex.withPrefix(ConfiguredClients.prefix(name));
			}
		});
		return clients;
	}

	private static DefaultHeartbeatClients create(HeartbeatProperties properties,
			HeartbeatClientSettings.Builder defaults, boolean virtualThreads, Collaborators collaborators) {
		try {
			return new DefaultHeartbeatClients(properties.getContainer(), properties.getMaxConnectsPerOrigin(),
					defaults, collaborators, virtualThreads);
		}
		catch (InvalidHeartbeatSettingException ex) {
			throw ex.withPrefix("heartbeat.");
		}
	}

	private static <T> List<T> ordered(ObjectProvider<T> beans) {
		return beans.orderedStream().toList();
	}

	private static List<HeartbeatListener> withPublisher(List<HeartbeatListener> listeners,
			ApplicationEventPublisher publisher) {
		List<HeartbeatListener> all = new ArrayList<>(listeners);
		all.add(new HeartbeatEventPublisher(publisher));
		return all;
	}

	@Bean
	static MessageEventListenerFactory heartbeatMessageEventListenerFactory(BeanFactory beanFactory) {
		return new MessageEventListenerFactory(beanFactory);
	}

	@Bean
	static EmptyValueBindHandlerAdvisor heartbeatEmptyValueBindHandlerAdvisor() {
		return new EmptyValueBindHandlerAdvisor();
	}

	@Bean
	static ConfigurationPropertiesBindHandlerAdvisor heartbeatConversionFailureBindHandlerAdvisor() {
		return ConversionFailureBindHandler::new;
	}

	@Bean
	static BeanFactoryPostProcessor heartbeatClientAliasRegistrar(Environment environment) {
		return (beanFactory) -> ConfiguredClients.validNames(environment)
			.forEach((name) -> registerAlias(beanFactory, name));
	}

	private static void registerAlias(ConfigurableListableBeanFactory beanFactory, String name) {
		if (!beanFactory.containsBean(name)) {
			beanFactory.registerAlias(HeartbeatClientBeanRegistrar.beanName(name), name);
		}
	}

	@Bean
	static LazyInitializationExcludeFilter heartbeatClientsLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(HeartbeatClients.class);
	}

}
