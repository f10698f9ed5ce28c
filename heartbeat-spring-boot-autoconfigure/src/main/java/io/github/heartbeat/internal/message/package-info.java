/**
 * Messages: assembly of fragments, checks of outgoing messages, heartbeat payloads,
 * UTF-8.
 */
@NullMarked
package io.github.heartbeat.internal.message;

import org.jspecify.annotations.NullMarked;
