package io.github.heartbeat.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.Assert;

/**
 * The bean definitions of the configured clients. Each client has one definition, which
 * the configured name qualifies.
 */
final class HeartbeatClientBeans {

	private static final String CLIENT_NAME = HeartbeatClientBeans.class.getName() + ".clientName";

	private HeartbeatClientBeans() {
	}

	/**
	 * Register a definition for each configured client unless there is one, or the
	 * application defines a client with the same name.
	 */
	private static void register(BeanDefinitionRegistry registry, BeanFactory beanFactory, Environment environment) {
		for (String name : ConfiguredClients.validNames(environment)) {
			String beanName = beanName(name);
			boolean replaced = registry.containsBeanDefinition(beanName)
					|| (beanFactory.containsBean(name) && beanFactory.isTypeMatch(name, HeartbeatClient.class));
			if (!replaced) {
				registry.registerBeanDefinition(beanName, definition(name, beanFactory));
			}
		}
	}

	/**
	 * The definition is left out of code that is generated ahead of time:
	 * {@link PostProcessor} registers it at run time. Unlike a qualifier, a qualified
	 * element still lets the bean name match.
	 */
	private static RootBeanDefinition definition(String name, BeanFactory beanFactory) {
		RootBeanDefinition definition = new RootBeanDefinition(HeartbeatClient.class);
		definition.setInstanceSupplier(() -> client(beanFactory, name));
		definition.setDescription("WebSocket client '" + name + "'");
		definition.setQualifiedElement(new QualifiedElement(name));
		definition.setAttribute(CLIENT_NAME, name);
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
	 * Registers the definitions with the auto-configuration, so that conditions of later
	 * auto-configurations see them.
	 */
	static final class Registrar implements ImportBeanDefinitionRegistrar {

		private final Environment environment;

		private final BeanFactory beanFactory;

		Registrar(Environment environment, BeanFactory beanFactory) {
			this.environment = environment;
			this.beanFactory = beanFactory;
		}

		@Override
		public void registerBeanDefinitions(AnnotationMetadata importingClassMetadata,
				BeanDefinitionRegistry registry) {
			register(registry, this.beanFactory, this.environment);
		}

	}

	/**
	 * Registers the definitions in an application that was processed ahead of time, where
	 * clients may be configured in the run-time environment only. Also registers the
	 * configured names as aliases.
	 */
	static final class PostProcessor implements BeanDefinitionRegistryPostProcessor {

		private final Environment environment;

		PostProcessor(Environment environment) {
			this.environment = environment;
		}

		@Override
		public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
			register(registry, (BeanFactory) registry, this.environment);
		}

		@Override
		public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
			for (String name : ConfiguredClients.validNames(this.environment)) {
				String beanName = beanName(name);
				if (!beanFactory.containsBean(name) && beanFactory.containsBeanDefinition(beanName)) {
					beanFactory.registerAlias(beanName, name);
				}
			}
		}

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
