/**
 * What the page shows: the clients living. All of it comes from the public API.
 */
@NullMarked
package io.github.heartbeat.demo.dashboard;

import org.jspecify.annotations.NullMarked;
