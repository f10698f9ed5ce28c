package io.github.heartbeat.demo;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;

/**
 * Maps the endpoints of the demo server.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class WebSocketConfiguration implements WebSocketConfigurer {

	private final FeedEndpoint feed;

	private final EchoEndpoint echo;

	private final RefusingInterceptor refusingInterceptor;

	WebSocketConfiguration(FeedEndpoint feed, EchoEndpoint echo, RefusingInterceptor refusingInterceptor) {
		this.feed = feed;
		this.echo = echo;
		this.refusingInterceptor = refusingInterceptor;
	}

	@Override
	public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
		registry.addHandler(this.feed, "/feed")
			.addHandler(this.echo, "/echo")
			.addInterceptors(this.refusingInterceptor);
	}

}
