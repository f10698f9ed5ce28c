/**
 * The network inside the JVM and the hand-driven engine. Public to the test starter and
 * to the tests of this project only.
 */
@NullMarked
package io.github.heartbeat.test.internal;

import org.jspecify.annotations.NullMarked;
