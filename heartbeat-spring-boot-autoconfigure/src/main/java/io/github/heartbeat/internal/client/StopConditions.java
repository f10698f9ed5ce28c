package io.github.heartbeat.internal.client;

import java.util.List;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatCodeRange;
import io.github.heartbeat.HeartbeatConnectionException;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The close codes and HTTP statuses after which a client does not reconnect
 * ({@code stop-on.*}).
 */
final class StopConditions {

	private final List<HeartbeatCodeRange> closeCodes;

	private final List<HeartbeatCodeRange> httpStatuses;

	StopConditions(HeartbeatClientSettings settings) {
		this.closeCodes = settings.getStopOnCloseCodes();
		this.httpStatuses = settings.getStopOnHttpStatuses();
	}

	boolean includes(HeartbeatConnectionException cause) {
		return switch (cause.getKind()) {
			case HANDSHAKE_REFUSED -> isIn(this.httpStatuses, cause.getStatus());
			case CLOSED_BY_SERVER, NOT_READY -> isIn(this.closeCodes, cause.getStatus());
			case CONNECTION_LOST, WRITE_TIMEOUT -> isIn(this.closeCodes, CloseStatus.NO_CLOSE_FRAME.getCode());
			default -> false;
		};
	}

	private static boolean isIn(List<HeartbeatCodeRange> ranges, @Nullable Integer code) {
		if (code != null) {
			for (HeartbeatCodeRange range : ranges) {
				if (range.contains(code)) {
					return true;
				}
			}
		}
		return false;
	}

}
