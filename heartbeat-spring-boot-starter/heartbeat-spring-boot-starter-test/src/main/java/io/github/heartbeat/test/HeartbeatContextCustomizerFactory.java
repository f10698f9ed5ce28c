package io.github.heartbeat.test;

import java.util.List;

import io.github.heartbeat.test.AutoConfigureHeartbeatServer.Clock;
import org.jspecify.annotations.Nullable;

import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * Keeps the clients of every test from connecting, except to a
 * {@link HeartbeatTestServer}.
 */
final class HeartbeatContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		AutoConfigureHeartbeatServer annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass,
				AutoConfigureHeartbeatServer.class);
		@Nullable Clock clock = (annotation != null) ? annotation.clock() : null;
		return new HeartbeatContextCustomizer(clock);
	}

}
