package io.github.heartbeat.internal.client;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatListener;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the engine allocates nothing for a received text message. The code runs too
 * rarely here for the compiler that removes allocations.
 */
class InboundAllocationTests extends HandDrivenClient {

	private static final int WARM_UP = 100;

	private static final int MESSAGES = 400;

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private WebSocketMessage<?> received;

	@Test
	void aTextMessageCausesNoAllocation() {
		this.listeners.clear();
		this.listeners.add(new HeartbeatListener() {

			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				InboundAllocationTests.this.received = message;
			}

		});
		start(settings());
		FakeNetwork.Peer peer = this.network.lastPeer();
		long alone = allocatedBytes(() -> this.received = new TextMessage("text"));
		long throughEngine = allocatedBytes(() -> peer.send("text"));
		assertThat(alone).isPositive();
		assertThat(throughEngine).isEqualTo(alone);
	}

	/**
	 * Return the bytes that the last of several runs allocate on this thread, per run.
	 */
	private long allocatedBytes(Runnable task) {
		run(task, WARM_UP);
		long before = this.threads.getCurrentThreadAllocatedBytes();
		run(task, MESSAGES);
		return (this.threads.getCurrentThreadAllocatedBytes() - before) / MESSAGES;
	}

	private static void run(Runnable task, int times) {
		for (int i = 0; i < times; i++) {
			task.run();
		}
	}

}
