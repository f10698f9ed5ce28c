package io.github.heartbeat.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.management.HotSpotDiagnosticMXBean;

import org.springframework.util.ReflectionUtils;

/**
 * Access to the virtual thread functions of JDK 21 for tests that are compiled for JDK
 * 17.
 */
public final class VirtualThreads {

	private VirtualThreads() {
	}

	public static boolean isVirtual(Thread thread) {
		Method method = ReflectionUtils.findMethod(Thread.class, "isVirtual");
		return method != null && Boolean.TRUE.equals(ReflectionUtils.invokeMethod(method, thread));
	}

	/**
	 * Return the names of all threads, including virtual threads, which other methods do
	 * not show.
	 * @param file the absolute path of a file that does not exist yet
	 */
	public static String dump(Path file) throws Exception {
		PlatformManagedObject diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
		Class<?> format = Class.forName(HotSpotDiagnosticMXBean.class.getName() + "$ThreadDumpFormat");
		Method method = HotSpotDiagnosticMXBean.class.getMethod("dumpThreads", String.class, format);
		method.invoke(diagnostics, file.toString(), format.getEnumConstants()[0]);
		try {
			return Files.readString(file);
		}
		finally {
			Files.delete(file);
		}
	}

}
