package io.github.heartbeat.demo;

/**
 * Something about the demo server has changed.
 *
 * @param fault what is wrong with it now
 * @param text the same in words
 */
public record FaultEvent(Fault fault, String text) {

}
