/**
 * Auto-configuration for access tokens in the handshake.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.oauth2;

import org.jspecify.annotations.NullMarked;
