package io.github.heartbeat.demo;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Runs two clients against a server in the same process. Watch the console and inject
 * faults with {@code curl -X POST http://127.0.0.1:8080/faults/drop}.
 */
@SpringBootApplication(proxyBeanMethods = false)
@EnableScheduling
class DemoApplication {

	public static void main(String[] args) {
		SpringApplication.run(DemoApplication.class, args);
	}

}
