package io.github.heartbeat.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import io.github.heartbeat.HeartbeatClient;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Analyzes the injection of a client that does not exist or is ambiguous. Runs before the
 * analyzers of Spring Boot, which do not know the names of clients.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ClientInjectionFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	private final @Nullable BeanFactory beanFactory;

	ClientInjectionFailureAnalyzer(@Nullable BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
			@Nullable String description) {
		if (cause.getResolvableType() == null || cause.getResolvableType().resolve() != HeartbeatClient.class
				|| !(this.beanFactory instanceof ListableBeanFactory beans)) {
			return null;
		}
		List<String> names = HeartbeatClientBeans.injectableNames(beans);
		String target = (description != null) ? description : "A bean";
		if (cause instanceof NoUniqueBeanDefinitionException && names.size() > 1) {
			return new FailureAnalysis(
					target + " requires a single client, but there are " + names.size() + ": " + list(names) + ".",
					"Add a qualifier with the name of a client, such as @Qualifier(\"" + names.get(0) + "\").", cause);
		}
		String qualifier = qualifier(rootFailure);
		if (names.isEmpty()) {
			return new FailureAnalysis(target + " requires a client, but there is none.",
					"Configure it with the key 'heartbeat.clients." + ((qualifier != null) ? qualifier : "<name>")
							+ ".url', and check that 'heartbeat.enabled' is not false.",
					cause);
		}
		if (qualifier == null) {
			return null;
		}
		String nearest = Spelling.nearest(qualifier, names);
		return new FailureAnalysis(
				target + " requires the client '" + qualifier + "', which does not exist. The clients are "
						+ list(names) + ".",
				((nearest != null) ? "Did you mean '" + nearest + "'? " : "")
						+ "Use the name of a client as the qualifier, or configure the client with the key "
						+ "'heartbeat.clients." + qualifier + ".url'.",
				cause);
	}

	private static String list(List<String> names) {
		return names.stream().map((name) -> "'" + name + "'").collect(Collectors.joining(", "));
	}

	private static @Nullable String qualifier(Throwable rootFailure) {
		String qualifier = null;
		for (Throwable failure = rootFailure; failure != null; failure = failure.getCause()) {
			if (failure instanceof UnsatisfiedDependencyException unsatisfied) {
				InjectionPoint injectionPoint = unsatisfied.getInjectionPoint();
				Qualifier annotation = (injectionPoint != null) ? injectionPoint.getAnnotation(Qualifier.class) : null;
				qualifier = (annotation != null) ? annotation.value() : null;
			}
		}
		return qualifier;
	}

}
