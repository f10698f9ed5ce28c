package io.github.heartbeat.demo;

/**
 * Published when the fault of the demo server changes.
 *
 * @param fault the current fault
 * @param text a description of the change
 */
public record FaultEvent(Fault fault, String text) {

}
