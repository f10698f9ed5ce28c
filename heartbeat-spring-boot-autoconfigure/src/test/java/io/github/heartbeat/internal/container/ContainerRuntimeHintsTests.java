package io.github.heartbeat.internal.container;

import org.apache.tomcat.websocket.AsyncChannelWrapperNonSecure;
import org.apache.tomcat.websocket.AsyncChannelWrapperSecure;
import org.apache.tomcat.websocket.WsRemoteEndpointImplBase;
import org.apache.tomcat.websocket.WsRemoteEndpointImplClient;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.boot.test.context.FilteredClassLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

class ContainerRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@ParameterizedTest
	@ValueSource(classes = { WsWebSocketContainer.class, JakartaWebSocketClientContainer.class })
	void containersCanBeLookedUp(Class<?> container) {
		registerWith(getClass().getClassLoader());
		assertThat(this.hints).matches(reflection().onType(container));
	}

	@Test
	void theFieldsThatLeadToASocketOfTomcatCanBeRead() {
		registerWith(getClass().getClassLoader());
		assertThat(this.hints).matches(reflection().onFieldAccess(WsSession.class, "wsRemoteEndpoint"))
			.matches(reflection().onFieldAccess(WsRemoteEndpointImplClient.class, "channel"))
			.matches(reflection().onFieldAccess(AsyncChannelWrapperNonSecure.class, "socketChannel"))
			.matches(reflection().onFieldAccess(AsyncChannelWrapperSecure.class, "socketChannel"))
			.matches(reflection().onFieldAccess(WsRemoteEndpointImplBase.class, "batchingAllowed"));
	}

	@Test
	void anAbsentContainerLeavesNothingBehind() {
		registerWith(new FilteredClassLoader("org.apache.tomcat", "org.eclipse.jetty"));
		assertThat(this.hints.reflection().typeHints()).isEmpty();
	}

	@Test
	void theyAreRegisteredForAheadOfTimeProcessing() {
		assertThat(AotServices.factories().load(RuntimeHintsRegistrar.class))
			.hasAtLeastOneElementOfType(ContainerRuntimeHints.class);
	}

	private void registerWith(ClassLoader classLoader) {
		new ContainerRuntimeHints().registerHints(this.hints, classLoader);
	}

}
