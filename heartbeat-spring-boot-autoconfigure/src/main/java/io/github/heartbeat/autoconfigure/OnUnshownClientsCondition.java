package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.HeartbeatClients;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.ClassMetadata;

/**
 * Matches if the context has its own clients, or if no parent context has the annotated
 * auto-configuration, which shows the clients of the parent.
 *
 * @since 0.1.0
 */
public final class OnUnshownClientsCondition extends SpringBootCondition implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Heartbeat clients to show");
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		BeanFactory parent = (beanFactory != null) ? beanFactory.getParentBeanFactory() : null;
		if (beanFactory == null || parent == null) {
			return ConditionOutcome.match(message.because("there is no parent context"));
		}
		if (beanFactory.getBeanNamesForType(HeartbeatClients.class, true, false).length > 0) {
			return ConditionOutcome.match(message.because("the context has its own clients"));
		}
		return parent.containsBean(((ClassMetadata) metadata).getClassName())
				? ConditionOutcome.noMatch(message.because("a parent context shows the clients"))
				: ConditionOutcome.match(message.because("no parent context shows the clients"));
	}

}
