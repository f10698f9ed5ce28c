package io.github.heartbeat.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClientCustomizer;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatPingMessageSupplier;
import io.github.heartbeat.HeartbeatPongMatcher;
import io.github.heartbeat.HeartbeatReconnectPolicy;
import io.github.heartbeat.internal.client.ClientExtensions;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;
import io.github.heartbeat.internal.container.ContainerRuntimeHints;
import jakarta.websocket.WebSocketContainer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;

/**
 * Auto-configuration for WebSocket clients with heartbeats and reconnects. Backs off if
 * the application defines {@link HeartbeatClients}, or if a parent context has clients.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnClass({ StandardWebSocketClient.class, WebSocketContainer.class })
@ConditionalOnBooleanProperty(name = "heartbeat.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(value = HeartbeatClients.class, search = SearchStrategy.CURRENT)
@Conditional(OnClientsOfAncestorCondition.class)
@EnableConfigurationProperties(HeartbeatProperties.class)
@Import(HeartbeatClientBeans.Registrar.class)
@ImportRuntimeHints({ ContainerRuntimeHints.class, EventRuntimeHints.class })
public final class HeartbeatAutoConfiguration {

	@Bean
	DefaultHeartbeatClients heartbeatClients(HeartbeatProperties properties, Environment environment,
			ApplicationEventPublisher publisher, ObjectProvider<List<HeartbeatClientCustomizer>> customizers,
			ObjectProvider<List<HeartbeatHandshakeCustomizer>> handshakeCustomizers,
			ObjectProvider<List<HeartbeatPingMessageSupplier>> pingMessageSuppliers,
			ObjectProvider<List<HeartbeatPongMatcher>> pongMatchers,
			ObjectProvider<List<HeartbeatReconnectPolicy>> reconnectPolicies,
			ObjectProvider<List<HeartbeatListener>> listeners,
			ObjectProvider<List<HeartbeatClientObserverFactory>> observers, ObjectProvider<SslBundles> sslBundles,
			ConfigurableListableBeanFactory beanFactory) {
		SslBundleTlsSource tls = new SslBundleTlsSource(sslBundles.getIfAvailable());
		ClientExtensions extensions = new ClientExtensions(() -> ordered(customizers),
				() -> ordered(handshakeCustomizers), () -> ordered(pingMessageSuppliers), () -> ordered(pongMatchers),
				() -> ordered(reconnectPolicies), () -> withPublisher(ordered(listeners), publisher),
				() -> ordered(observers), tls);
		return new ConfiguredClients(properties, environment).create(tls,
				(name) -> HeartbeatClientBeans.isReplaced(beanFactory, name),
				(container, maxConnectsPerOrigin, defaults) -> new DefaultHeartbeatClients(container,
						maxConnectsPerOrigin, defaults, extensions, Threading.VIRTUAL.isActive(environment),
						properties.isClientNameInMdc()));
	}

	/**
	 * Return the beans in order. A list has one instance of each prototype-scoped bean,
	 * whereas the ordered stream of a provider creates more.
	 */
	private static <T> List<T> ordered(ObjectProvider<List<T>> beans) {
		return beans.getIfAvailable(List::of);
	}

	private static List<HeartbeatListener> withPublisher(List<HeartbeatListener> listeners,
			ApplicationEventPublisher publisher) {
		List<HeartbeatListener> all = new ArrayList<>(listeners);
		all.add(new EventPublisher(publisher));
		return all;
	}

	@Bean
	static MessageEventListenerFactory heartbeatMessageEventListenerFactory(
			ConfigurableListableBeanFactory beanFactory) {
		return new MessageEventListenerFactory(beanFactory);
	}

	@Bean
	static ConfigurationPropertiesBindHandlerAdvisor heartbeatConversionFailureBindHandlerAdvisor() {
		return ConversionFailureBindHandler::new;
	}

	@Bean
	static HeartbeatClientBeans.PostProcessor heartbeatClientBeansPostProcessor(Environment environment) {
		return new HeartbeatClientBeans.PostProcessor(environment);
	}

	@Bean
	static HeartbeatClientBeans.QualifierPostProcessor heartbeatClientBeansQualifierPostProcessor() {
		return new HeartbeatClientBeans.QualifierPostProcessor();
	}

	@Bean
	static LazyInitializationExcludeFilter heartbeatClientsLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(HeartbeatClients.class);
	}

}
