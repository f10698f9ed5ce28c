package io.github.heartbeat.autoconfigure;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application without a client, which creates one when it reads a line.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class IdleApplication {

	public static void main(String[] arguments) throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(IdleApplication.class)
			.web(WebApplicationType.NONE)
			.run()) {
			System.out.println("STARTED");
			BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			input.readLine();
			context.getBean(HeartbeatClients.class)
				.create("late", HeartbeatClientSettings.builder("ws://localhost:1").build());
			System.out.println("CREATED");
			input.readLine();
		}
	}

}
