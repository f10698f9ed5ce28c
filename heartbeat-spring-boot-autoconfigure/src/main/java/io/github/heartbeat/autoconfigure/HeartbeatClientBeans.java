package io.github.heartbeat.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClients;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.Assert;

/**
 * Registers the bean definitions of the configured clients, and those that are needed
 * only if a key is configured. Each client has one definition, which the configured name
 * qualifies.
 * <p>
 * The definitions are registered with the auto-configuration, so that conditions of later
 * auto-configurations see them. They are left out of code that is generated ahead of
 * time, because clients may be configured in the run-time environment only: in such an
 * application, they are registered by the post-processor.
 */
final class HeartbeatClientBeans implements ImportBeanDefinitionRegistrar, BeanDefinitionRegistryPostProcessor {

	private static final String CLIENT_NAME = HeartbeatClientBeans.class.getName() + ".clientName";

	private static final String BIND_HANDLER_ADVISOR = "heartbeatConversionFailureBindHandlerAdvisor";

	private static final String QUALIFIER_POST_PROCESSOR = "heartbeatClientBeansQualifierPostProcessor";

	/** The name that Spring Boot gives to the bean of a properties class. */
	private static final String PROPERTIES = "heartbeat-" + HeartbeatProperties.class.getName();

	private final Environment environment;

	HeartbeatClientBeans(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importingClassMetadata, BeanDefinitionRegistry registry) {
		postProcessBeanDefinitionRegistry(registry);
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		if (ConfiguredKeys.mayExist(this.environment)) {
			register(registry, BIND_HANDLER_ADVISOR, definition(ConfigurationPropertiesBindHandlerAdvisor.class,
					() -> ConversionFailureBindHandler::new));
			register(registry, QUALIFIER_POST_PROCESSOR,
					definition(QualifierPostProcessor.class, QualifierPostProcessor::new));
			registerClients(registry);
		}
	}

	private static void register(BeanDefinitionRegistry registry, String beanName, RootBeanDefinition definition) {
		if (!registry.containsBeanDefinition(beanName)) {
			registry.registerBeanDefinition(beanName, definition);
		}
	}

	/**
	 * Register a definition for each configured client unless there is one, or the
	 * application defines a client with the same name.
	 */
	private void registerClients(BeanDefinitionRegistry registry) {
		BeanFactory beanFactory = (BeanFactory) registry;
		for (String name : ConfiguredClients.validNames(this.environment)) {
			String beanName = beanName(name);
			if (!beanFactory.containsBean(name) || !beanFactory.isTypeMatch(name, HeartbeatClient.class)) {
				register(registry, beanName, definition(name, beanFactory));
			}
		}
	}

	/**
	 * Register the configured names as aliases, and let the properties be bound when the
	 * engine is created.
	 */
	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (beanFactory.containsBeanDefinition(PROPERTIES)) {
			beanFactory.getBeanDefinition(PROPERTIES).setLazyInit(true);
		}
		if (!ConfiguredKeys.mayExist(this.environment)) {
			return;
		}
		for (String name : ConfiguredClients.validNames(this.environment)) {
			String beanName = beanName(name);
			if (!beanFactory.containsBean(name) && beanFactory.containsBeanDefinition(beanName)) {
				beanFactory.registerAlias(beanName, name);
			}
		}
	}

	/**
	 * Unlike a qualifier, a qualified element still lets the bean name match.
	 */
	private static RootBeanDefinition definition(String name, BeanFactory beanFactory) {
		RootBeanDefinition definition = definition(HeartbeatClient.class, () -> client(beanFactory, name));
		definition.setDescription("WebSocket client '" + name + "'");
		definition.setQualifiedElement(new QualifiedElement(name));
		definition.setAttribute(CLIENT_NAME, name);
		return definition;
	}

	private static <T> RootBeanDefinition definition(Class<T> type, Supplier<T> supplier) {
		RootBeanDefinition definition = new RootBeanDefinition(type, supplier);
		definition.setAttribute(BeanRegistrationAotProcessor.IGNORE_REGISTRATION_ATTRIBUTE, true);
		return definition;
	}

	private static HeartbeatClient client(BeanFactory beanFactory, String name) {
		@Nullable HeartbeatClient client = beanFactory.getBean(HeartbeatClients.class).get(name);
		Assert.state(client != null, () -> "Client '" + name + "' was removed");
		return client;
	}

	/**
	 * Whether the bean of a configured client was replaced: by a bean of the application
	 * or by a mock, which is a singleton before the clients are created.
	 */
	static boolean isReplaced(ConfigurableListableBeanFactory beanFactory, String name) {
		String beanName = beanName(name);
		return !beanFactory.containsBeanDefinition(beanName)
				|| clientName(beanFactory.getBeanDefinition(beanName)) == null
				|| beanFactory.containsSingleton(beanName);
	}

	/**
	 * Return the names of the clients that can be injected: the configured name or, for a
	 * bean of the application, its bean name.
	 */
	static List<String> injectableNames(ListableBeanFactory beanFactory) {
		List<String> names = new ArrayList<>();
		for (String beanName : beanFactory.getBeanNamesForType(HeartbeatClient.class, true, false)) {
			String clientName = (beanFactory instanceof ConfigurableListableBeanFactory configurable
					&& configurable.containsBeanDefinition(beanName))
							? clientName(configurable.getBeanDefinition(beanName)) : null;
			names.add((clientName != null) ? clientName : beanName);
		}
		return names;
	}

	private static @Nullable String clientName(BeanDefinition definition) {
		return (String) definition.getAttribute(CLIENT_NAME);
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

	/**
	 * Qualifies the definitions again where a field such as one with {@code @MockitoBean}
	 * has replaced the qualified element. Runs after the post-processor of such fields,
	 * which is ordered.
	 */
	static final class QualifierPostProcessor implements BeanFactoryPostProcessor {

		@Override
		public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
			for (String beanName : beanFactory.getBeanDefinitionNames()) {
				BeanDefinition definition = beanFactory.getBeanDefinition(beanName);
				String clientName = clientName(definition);
				if (clientName != null && definition instanceof RootBeanDefinition root
						&& !isQualified(root.getQualifiedElement())) {
					root.setQualifiedElement(new QualifiedElement(clientName));
				}
			}
		}

		private static boolean isQualified(@Nullable AnnotatedElement element) {
			return element != null && element.isAnnotationPresent(Qualifier.class);
		}

	}

	/**
	 * An element that is annotated with {@link Qualifier}.
	 */
	private static final class QualifiedElement implements AnnotatedElement {

		private final Qualifier qualifier;

		QualifiedElement(String name) {
			this.qualifier = MergedAnnotation.of(Qualifier.class, Map.of(MergedAnnotation.VALUE, name)).synthesize();
		}

		@Override
		public <T extends Annotation> @Nullable T getAnnotation(Class<T> type) {
			return (type == Qualifier.class) ? type.cast(this.qualifier) : null;
		}

		@Override
		public Annotation[] getAnnotations() {
			return new Annotation[] { this.qualifier };
		}

		@Override
		public Annotation[] getDeclaredAnnotations() {
			return getAnnotations();
		}

	}

}
