package io.github.heartbeat.metrics;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import org.jspecify.annotations.Nullable;

/**
 * Records the changes of one client in the meters of its group.
 */
final class ClientMeters implements HeartbeatClientObserver {

	private final GroupMeters group;

	private final Runnable onRemoved;

	private final Runnable onTerminated;

	ClientMeters(GroupMeters group, Runnable onRemoved, Runnable onTerminated) {
		this.group = group;
		this.onRemoved = onRemoved;
		this.onTerminated = onTerminated;
	}

	@Override
	public void stateChanged(HeartbeatClientState state, @Nullable HeartbeatConnectionException cause) {
		if (state == HeartbeatClientState.EXHAUSTED) {
			this.group.exhausted().increment();
		}
	}

	@Override
	public void attemptEnded(Duration duration, boolean success) {
		this.group.connect(success).record(duration);
	}

	@Override
	public void connectionEnded(int code, HeartbeatInitiator initiator) {
		this.group.disconnects(initiator).increment();
		if (initiator == HeartbeatInitiator.HEARTBEAT) {
			this.group.timeouts().increment();
		}
	}

	@Override
	public void reconnectScheduled(int attempt, Duration wait, HeartbeatConnectionException cause) {
		this.group.reconnects(ReconnectCause.of(cause.getKind())).increment();
	}

	@Override
	public void heartbeatWritten() {
		this.group.pings().increment();
	}

	@Override
	public void heartbeatAnswered(Duration roundTrip) {
		this.group.roundTrip().record(roundTrip);
	}

	@Override
	public void messageReceived() {
		this.group.messagesIn().increment();
	}

	@Override
	public void messageSent() {
		this.group.messagesOut().increment();
	}

	@Override
	public void sendFailed(Reason reason) {
		this.group.sendFailures(reason).increment();
	}

	@Override
	public void leaseGranted() {
		LeaseMeters lease = this.group.lease();
		if (lease != null) {
			lease.granted();
		}
	}

	@Override
	public void leaseLost(HeartbeatLeaseLostReason reason) {
		LeaseMeters lease = this.group.lease();
		if (lease != null) {
			lease.lost(reason);
		}
	}

	@Override
	public void leaseStoreCalled(String verb, String outcome, Duration duration) {
		LeaseMeters lease = this.group.lease();
		if (lease != null) {
			lease.called(verb, outcome, duration);
		}
	}

	@Override
	public void removed() {
		this.onRemoved.run();
	}

	@Override
	public void terminated() {
		this.onTerminated.run();
	}

}
