package io.github.heartbeat.autoconfigure;

import java.io.File;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.testing.Certificates;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;

/**
 * Program that runs {@link ReloadedApplication} in several class loaders in turn, and
 * fails if one of them stays reachable.
 */
final class ReloadedApplications {

	private static final int APPLICATIONS = 3;

	private static final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

	private ReloadedApplications() {
	}

	public static void main(String[] args) throws Exception {
		Certificates certificates = new Certificates(Path.of(args[1]));
		certificates.sign("server", "-ext", "san=dns:localhost");
		try (TestServer plain = new TestServer(Behaviour.ECHO);
				TestServer secure = new TestServer(Behaviour.tls(certificates.server("server"), Behaviour.ECHO));
				TestServer unanswering = new TestServer(Behaviour.MUTE)) {
			unanswering.answerNoConnects();
			for (int i = 0; i < APPLICATIONS; i++) {
				run(args[0], plain.url(), secure.secureUrl(), unanswering.url(), certificates.client("authority"));
			}
		}
		replaceLastTypeOfRecords();
		Awaitility.await()
			.pollInSameThread()
			.atMost(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(100))
			.until(() -> {
				System.gc();
				return left();
			}, String::isEmpty);
		System.exit(0);
	}

	private static void run(String container, String url, String secureUrl, String unansweredUrl, SSLContext sslContext)
			throws Exception {
		try (URLClassLoader loader = new URLClassLoader(classpath(), ClassLoader.getPlatformClassLoader())) {
			FutureTask<Object> run = new FutureTask<>(() -> {
				Class<?> application = Class.forName(ReloadedApplication.class.getName(), true, loader);
				Method method = application.getDeclaredMethod("run", String.class, String.class, String.class,
						String.class, SSLContext.class);
				method.setAccessible(true);
				return method.invoke(null, container, url, secureUrl, unansweredUrl, sslContext);
			});
			Thread thread = new Thread(run, "reloaded-application");
			thread.setContextClassLoader(loader);
			thread.start();
			run.get();
			thread.join();
			loaders.add(new WeakReference<>(loader));
		}
	}

	private static URL[] classpath() throws Exception {
		List<URL> urls = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			urls.add(Path.of(entry).toUri().toURL());
		}
		return urls.toArray(URL[]::new);
	}

	private static String left() {
		StringBuilder left = new StringBuilder();
		for (WeakReference<ClassLoader> loader : loaders) {
			if (!loader.refersTo(null)) {
				left.append(" loader ").append(loaders.indexOf(loader));
				Thread.getAllStackTraces()
					.keySet()
					.stream()
					.filter((thread) -> loader.refersTo(thread.getContextClassLoader()))
					.forEach((thread) -> left.append(" thread ").append(thread.getName()));
			}
		}
		return left.toString();
	}

	/**
	 * The JDK keeps the type of the record component that was compared last, in a method
	 * handle of {@code java.lang.runtime.ObjectMethods}.
	 */
	private static void replaceLastTypeOfRecords() {
		Component component = new Component(null);
		if (!component.equals(new Component(null)) || component.hashCode() != new Component(null).hashCode()
				|| component.toString().isEmpty()) {
			throw new IllegalStateException("Records with equal components differ");
		}
	}

	private record Component(Component component) {
	}

}
