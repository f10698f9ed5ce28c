package io.github.heartbeat.demo;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * A message that the server of the feed understands.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({ @JsonSubTypes.Type(value = FeedRequest.Login.class, name = "login"),
		@JsonSubTypes.Type(value = FeedRequest.Subscribe.class, name = "subscribe"),
		@JsonSubTypes.Type(value = FeedRequest.Unsubscribe.class, name = "unsubscribe") })
sealed interface FeedRequest {

	/**
	 * Log in. The first message of a connection.
	 *
	 * @param token the token
	 */
	record Login(@Nullable String token) implements FeedRequest {
	}

	/**
	 * Start to send the quotes of a symbol.
	 *
	 * @param symbol the symbol
	 */
	record Subscribe(@Nullable String symbol) implements FeedRequest {
	}

	/**
	 * Stop sending the quotes of a symbol.
	 *
	 * @param symbol the symbol
	 */
	record Unsubscribe(@Nullable String symbol) implements FeedRequest {
	}

}
