/**
 * Demo with two clients, a server in the same process and faults on request.
 */
@NullMarked
package io.github.heartbeat.demo;

import org.jspecify.annotations.NullMarked;
