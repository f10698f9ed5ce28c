package io.github.heartbeat.demo;

import java.util.Locale;

import io.github.heartbeat.event.HeartbeatEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Prints each hook and each change of the demo server as one line.
 */
@Component
class HookConsole {

	private static final Log logger = LogFactory.getLog(HookConsole.class);

	@EventListener
	void onReady(ApplicationReadyEvent event) {
		Environment environment = event.getApplicationContext().getEnvironment();
		String requests = environment.matchesProfiles("replica") ? "freeze or kill it with POST /replica/{freeze,kill}"
				: "ask for a fault with POST /faults/{fault}; GET /faults lists them";
		write("server", "ready",
				"watch at http://127.0.0.1:" + environment.getProperty("local.server.port") + "/, or " + requests);
	}

	@EventListener
	void onHook(HeartbeatEvent event) {
		HookLine line = HookLine.of(event);
		write(line.client(), line.kind(), line.text());
	}

	@EventListener
	void onFault(FaultEvent event) {
		write("server", event.fault().toString(), event.text());
	}

	private static void write(String who, String what, String text) {
		logger.info(String.format(Locale.ROOT, "%-6s  %-9s  %s", who, what, text));
	}

}
