/**
 * Time, threads, locks and the log of the engine.
 */
@NullMarked
package io.github.heartbeat.internal.runtime;

import org.jspecify.annotations.NullMarked;
