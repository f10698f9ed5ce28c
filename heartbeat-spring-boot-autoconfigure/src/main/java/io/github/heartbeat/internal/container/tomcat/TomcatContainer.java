package io.github.heartbeat.internal.container.tomcat;

import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Session;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;

import org.springframework.util.Assert;

/**
 * A Tomcat client whose buffer sizes depend on the number of connections. The first
 * connections have large buffers for throughput, the first few of them very large read
 * buffers; thousands of further connections have small ones. With a small buffer a busy
 * feed needs many reads, and each read can switch threads. A large buffer occupies its
 * memory for the lifetime of the connection.
 * <p>
 * Tomcat derives the size of its reads from the default size for binary messages. Its
 * sessions use the same default for one of the two buffers that they keep permanently.
 * Messages arrive in fragments of these sizes and the engine assembles them, so the
 * buffers do not limit the size of messages.
 */
public final class TomcatContainer extends WsWebSocketContainer {

	private static final int FEW_CONNECTIONS = 16;

	private static final int VERY_LARGE_READ_SIZE = 64 * 1024;

	private static final int LARGE_READ_SIZE = 16 * 1024;

	private static final int LARGE_PIECE_SIZE = 4 * 1024;

	private static final int SMALL_SIZE = 1024;

	/**
	 * How long the threads may handle events of sockets that were just closed. A thread
	 * that handles such an event while the threads are stopped ends with an exception,
	 * and Tomcat offers no way to wait for the threads.
	 */
	private static final long EVENTS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long DESTROY_MILLIS = 2000;

	private static final StackWalker CALLER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

	private final Set<WsSession> open = ConcurrentHashMap.newKeySet();

	private final AtomicInteger connecting = new AtomicInteger();

	@GuardedBy("connectingThreads")
	private final Set<Thread> connectingThreads = new HashSet<>();

	private final Runnable closeAndStop = super::destroy;

	private volatile boolean used;

	private volatile boolean destroyed;

	private final int minReadSize;

	private final int largeConnections;

	/**
	 * Create a container.
	 * @param minReadSize the minimum size of a read buffer, in bytes
	 * @param largeConnections the number of connections with large buffers
	 */
	public TomcatContainer(int minReadSize, int largeConnections) {
		this.minReadSize = minReadSize;
		this.largeConnections = largeConnections;
	}

	@Override
	public int getDefaultMaxBinaryMessageBufferSize() {
		if (CALLER.getCallerClass() == WsSession.class) {
			return usesLargeBuffers() ? LARGE_PIECE_SIZE : SMALL_SIZE;
		}
		return Math.max(this.minReadSize, readSize());
	}

	private int readSize() {
		if (!usesLargeBuffers()) {
			return SMALL_SIZE;
		}
		return (connections() <= FEW_CONNECTIONS) ? VERY_LARGE_READ_SIZE : LARGE_READ_SIZE;
	}

	/**
	 * The size in characters, of two bytes each.
	 */
	@Override
	public int getDefaultMaxTextMessageBufferSize() {
		return usesLargeBuffers() ? LARGE_PIECE_SIZE : SMALL_SIZE / 2;
	}

	private boolean usesLargeBuffers() {
		return connections() <= this.largeConnections;
	}

	/**
	 * Called during a connection attempt, which is included in the count.
	 */
	private int connections() {
		return this.open.size() + this.connecting.get();
	}

	/**
	 * An attempt that resolves a host name while the container is destroyed would acquire
	 * threads again, so the container is destroyed again after the attempt.
	 */
	@Override
	public Session connectToServer(Endpoint endpoint, ClientEndpointConfig config, URI url) throws DeploymentException {
		Assert.state(!this.destroyed, "The container is destroyed");
		this.used = true;
		this.connecting.incrementAndGet();
		begin();
		try {
			return super.connectToServer(endpoint, config, url);
		}
		finally {
			end();
			this.connecting.decrementAndGet();
			if (this.destroyed) {
				closeAndStop();
			}
		}
	}

	private void begin() {
		synchronized (this.connectingThreads) {
			this.connectingThreads.add(Thread.currentThread());
		}
	}

	private void end() {
		synchronized (this.connectingThreads) {
			this.connectingThreads.remove(Thread.currentThread());
		}
	}

	/**
	 * Interrupt the attempts that wait for threads that have died, and destroy the
	 * container.
	 */
	void abandon() {
		this.destroyed = true;
		synchronized (this.connectingThreads) {
			for (Thread connecting : this.connectingThreads) {
				connecting.interrupt();
			}
		}
		destroy();
	}

	/**
	 * Close all sessions and stop the threads, unless another container of the JVM uses
	 * them too.
	 */
	@Override
	public void destroy() {
		this.destroyed = true;
		if (this.used) {
			LockSupport.parkNanos(EVENTS_NANOS);
		}
		closeAndStop();
	}

	/**
	 * Runs on another thread, and waits for it for a limited time: the close of a channel
	 * never returns if a thread died of an {@link OutOfMemoryError} while it used the
	 * channel.
	 */
	private void closeAndStop() {
		Thread thread = new Thread(this.closeAndStop, "heartbeat-destroy");
		thread.setDaemon(true);
		thread.start();
		try {
			thread.join(DESTROY_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	protected void registerSession(Object key, WsSession session) {
		this.open.add(session);
		super.registerSession(key, session);
		if (session.isClosed()) {
			this.open.remove(session);
		}
	}

	@Override
	protected void unregisterSession(Object key, WsSession session) {
		super.unregisterSession(key, session);
		this.open.remove(session);
	}

}
