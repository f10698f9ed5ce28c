package io.github.heartbeat.autoconfigure.oauth2;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.util.ClassUtils;

/**
 * The registrations of the application. A reactive application has a reactive repository
 * only.
 */
final class Registrations implements ClientRegistrationRepository {

	private static final boolean REACTOR = ClassUtils.isPresent("reactor.core.publisher.Mono",
			Registrations.class.getClassLoader());

	private final ListableBeanFactory beanFactory;

	Registrations(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Whether the application has any.
	 */
	boolean exist() {
		return this.beanFactory.getBeanProvider(ClientRegistrationRepository.class).stream().findAny().isPresent()
				|| (REACTOR && Reactive.exist(this.beanFactory));
	}

	@Override
	public @Nullable ClientRegistration findByRegistrationId(String registrationId) {
		ClientRegistration registration = this.beanFactory.getBeanProvider(ClientRegistrationRepository.class)
			.orderedStream()
			.map((repository) -> repository.findByRegistrationId(registrationId))
			.filter((found) -> found != null)
			.findFirst()
			.orElse(null);
		return (registration != null || !REACTOR) ? registration : Reactive.find(this.beanFactory, registrationId);
	}

	/**
	 * Needs Reactor on the classpath.
	 */
	private static final class Reactive {

		static boolean exist(ListableBeanFactory beanFactory) {
			return beanFactory.getBeanProvider(ReactiveClientRegistrationRepository.class)
				.stream()
				.findAny()
				.isPresent();
		}

		static @Nullable ClientRegistration find(ListableBeanFactory beanFactory, String registrationId) {
			return beanFactory.getBeanProvider(ReactiveClientRegistrationRepository.class)
				.orderedStream()
				.map((repository) -> repository.findByRegistrationId(registrationId).block())
				.filter((found) -> found != null)
				.findFirst()
				.orElse(null);
		}

	}

}
