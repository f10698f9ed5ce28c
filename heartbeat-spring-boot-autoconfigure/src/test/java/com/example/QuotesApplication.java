package com.example;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

@SpringBootApplication
public class QuotesApplication {

	public static void main(String[] args) {
		SpringApplication.run(QuotesApplication.class, args);
	}

}

@Component
class Quotes {

	private final HeartbeatClient client;

	Quotes(@Qualifier("quotes") HeartbeatClient client) {
		this.client = client;
	}

	@EventListener
	void onOpen(HeartbeatOpenEvent event) {
		this.client.send("{\"subscribe\":\"EURUSD\"}");
	}

	@EventListener
	void onMessage(HeartbeatMessageEvent event) {
		System.out.println(event.getMessage().getPayload());
	}

}
