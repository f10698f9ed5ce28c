/**
 * Two clients, a server of their own, and faults on demand.
 */
@NullMarked
package io.github.heartbeat.demo;

import org.jspecify.annotations.NullMarked;
