package com.example;

import java.math.BigDecimal;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.annotation.HeartbeatMessageListener;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.WebSocketMessage;

@SpringBootApplication
public class QuotesApplication {

	public static void main(String[] args) {
		SpringApplication.run(QuotesApplication.class, args);
	}

}

record Quote(String symbol, BigDecimal price) {
}

@Component
class Login implements HeartbeatSessionInitializer {

	@Override
	public void initialize(HeartbeatSession session) {
		session.send("{\"type\":\"login\",\"token\":\"demo\"}");
	}

	@Override
	public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
		if (message.getPayload().equals("{\"type\":\"welcome\"}")) {
			session.ready();
			return true;
		}
		return false;
	}

}

@Component
class Quotes {

	Quotes(@Qualifier("quotes") HeartbeatClient client) {
		client.subscribe("EUR", "{\"type\":\"subscribe\",\"symbol\":\"EUR\"}", null);
	}

	@HeartbeatMessageListener("quotes")
	void onQuote(Quote quote) {
		System.out.println(quote);
	}

}
