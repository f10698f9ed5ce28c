package io.github.heartbeat.demo;

import org.jspecify.annotations.Nullable;

/**
 * Published when the fault of the demo server changes.
 *
 * @param fault the current fault
 * @param text a description of the change
 * @param forecast the expected effect, or {@code null} if the time of a fault is up
 */
public record FaultEvent(Fault fault, String text, FaultForecast.@Nullable Forecast forecast) {

}
