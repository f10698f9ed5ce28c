/**
 * Tests of applications with WebSocket clients, without a server.
 */
@NullMarked
package io.github.heartbeat.test;

import org.jspecify.annotations.NullMarked;
