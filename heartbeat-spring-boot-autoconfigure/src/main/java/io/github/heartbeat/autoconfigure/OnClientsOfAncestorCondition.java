package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.HeartbeatClients;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Does not match if a parent context has clients, so that they are not opened twice. If a
 * parent has {@link HeartbeatClients} without clients, matches if clients are configured.
 */
final class OnClientsOfAncestorCondition extends SpringBootCondition implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Heartbeat clients of a parent context");
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		BeanFactory parent = (beanFactory != null) ? beanFactory.getParentBeanFactory() : null;
		HeartbeatClients clients = clients(parent);
		if (clients == null) {
			return ConditionOutcome.match(message.because("no parent has HeartbeatClients"));
		}
		if (!clients.getAll().isEmpty()) {
			return ConditionOutcome.noMatch(message.because("a parent has the clients"));
		}
		return ConfiguredClients.names(context.getEnvironment()).isEmpty()
				? ConditionOutcome.noMatch(message.because("no clients are configured"))
				: ConditionOutcome.match(message.because("a parent has HeartbeatClients without clients"));
	}

	private static @Nullable HeartbeatClients clients(@Nullable BeanFactory parent) {
		if (!(parent instanceof ListableBeanFactory beans)
				|| BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, HeartbeatClients.class).length == 0) {
			return null;
		}
		return beans.getBeanProvider(HeartbeatClients.class).getIfAvailable();
	}

}
