package io.github.heartbeat.test;

import java.net.URI;
import java.util.List;

import org.springframework.http.HttpHeaders;

/**
 * The handshake of one connection attempt, as the server sees it.
 *
 * @param url the requested url, without user info
 * @param headers the headers that the client sets, including {@code Authorization}
 * @param protocols the offered subprotocols, in order of preference
 * @since 0.1.0
 */
public record HeartbeatTestHandshake(URI url, HttpHeaders headers, List<String> protocols) {

}
