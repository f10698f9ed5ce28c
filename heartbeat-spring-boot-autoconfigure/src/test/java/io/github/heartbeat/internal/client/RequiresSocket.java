package io.github.heartbeat.internal.client;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A test or class of {@link ConnectionContract} about sockets, which does not run on
 * connections inside the JVM.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresSocket.Extension.class)
@interface RequiresSocket {

	/**
	 * What a connection inside the JVM does not do.
	 */
	String value();

	/**
	 * Skips the test before its clients are created.
	 */
	final class Extension implements BeforeEachCallback {

		@Override
		public void beforeEach(ExtensionContext context) {
			ConnectionContract test = (ConnectionContract) context.getRequiredTestInstance();
			String reason = AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), RequiresSocket.class)
				.or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), RequiresSocket.class))
				.orElseThrow()
				.value();
			Assumptions.assumeTrue(test.hasSockets(), "Inside the JVM " + reason);
		}

	}

}
