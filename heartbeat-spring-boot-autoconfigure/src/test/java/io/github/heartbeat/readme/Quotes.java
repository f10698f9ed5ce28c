package io.github.heartbeat.readme;

import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The example of README.
 */
@Component
class Quotes {

	@EventListener
	void onOpen(HeartbeatOpenEvent event) {
		event.getClient().send("{\"subscribe\":\"EURUSD\"}");
	}

	@EventListener
	void onMessage(HeartbeatMessageEvent event) {
		System.out.println(event.getMessage().getPayload());
	}

}
