package io.github.heartbeat.demo;

/**
 * Published when a client begins to log in, as part of connecting.
 *
 * @param client the name of the client
 */
public record LoginEvent(String client) {

}
