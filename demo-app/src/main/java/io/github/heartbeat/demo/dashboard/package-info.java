/**
 * Dashboard with the live state of the clients. It uses only the public API.
 */
@NullMarked
package io.github.heartbeat.demo.dashboard;

import org.jspecify.annotations.NullMarked;
