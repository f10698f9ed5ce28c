package io.github.heartbeat.starter;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;

import io.github.heartbeat.HeartbeatClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The manifests of the built jars name the modules, so that the names do not depend on
 * those of the files.
 */
class ModuleNameIntegrationTests {

	@Test
	void theStarterHasAModuleName() {
		assertThat(module(Path.of(System.getProperty("heartbeat.starter"))).name())
			.isEqualTo("io.github.heartbeat.starter");
	}

	@Test
	void theAutoConfigurationHasAModuleName() throws URISyntaxException {
		Path jar = Path.of(HeartbeatClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		ModuleDescriptor module = module(jar);
		assertThat(module.name()).isEqualTo("io.github.heartbeat.autoconfigure");
		assertThat(module.packages()).contains("io.github.heartbeat", "io.github.heartbeat.event");
	}

	/**
	 * The finder refuses a name that is not a legal module name.
	 */
	private static ModuleDescriptor module(Path jar) {
		assertThat(jar).isRegularFile();
		ModuleDescriptor module = ModuleFinder.of(jar).findAll().iterator().next().descriptor();
		assertThat(module.isAutomatic()).isTrue();
		return module;
	}

}
