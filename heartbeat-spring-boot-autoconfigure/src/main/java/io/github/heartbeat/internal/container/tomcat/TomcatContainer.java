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
 * Tomcat's client with buffers by the number of connections: the first ones have room for
 * speed, and the thousands after them are frugal. A read that takes little makes many of
 * a busy feed, each of which may change threads; a read that could take much costs its
 * memory for as long as the connection is there.
 * <p>
 * Tomcat takes the size of its reads from the default for binary messages, and so do its
 * sessions for one of the two buffers that they keep for ever. Messages come in pieces of
 * these and are put together by us, so that they bound nothing.
 */
public final class TomcatContainer extends WsWebSocketContainer {

	private static final int LARGE_READ_SIZE = 16 * 1024;

	private static final int LARGE_PIECE_SIZE = 4 * 1024;

	private static final int SMALL_SIZE = 1024;

	/**
	 * How long the threads have for events of sockets that were just closed. One that
	 * handles such an event when the threads end dies of an exception, and nothing tells
	 * when they are through.
	 */
	private static final long EVENTS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final StackWalker CALLER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

	private final Set<WsSession> open = ConcurrentHashMap.newKeySet();

	private final AtomicInteger connecting = new AtomicInteger();

	@GuardedBy("connectingThreads")
	private final Set<Thread> connectingThreads = new HashSet<>();

	private volatile boolean used;

	private volatile boolean destroyed;

	private final int minReadSize;

	private final int largeConnections;

	/**
	 * Create a container.
	 * @param minReadSize what a read must be able to take, in bytes
	 * @param largeConnections how many connections have room for speed
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
		return Math.max(this.minReadSize, usesLargeBuffers() ? LARGE_READ_SIZE : SMALL_SIZE);
	}

	/**
	 * In characters, of two bytes each.
	 */
	@Override
	public int getDefaultMaxTextMessageBufferSize() {
		return usesLargeBuffers() ? LARGE_PIECE_SIZE : SMALL_SIZE / 2;
	}

	/**
	 * Asked within an attempt, which counts itself.
	 */
	private boolean usesLargeBuffers() {
		return this.open.size() + this.connecting.get() <= this.largeConnections;
	}

	/**
	 * An attempt that is in the middle of a name lookup when the container is destroyed
	 * would take threads again.
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
				super.destroy();
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
	 * End the attempts that wait for threads which have died, and destroy the container.
	 */
	void abandon() {
		this.destroyed = true;
		synchronized (this.connectingThreads) {
			this.connectingThreads.forEach(Thread::interrupt);
		}
		destroy();
	}

	/**
	 * Close all sessions and end the threads, unless another container of the JVM uses
	 * them as well.
	 */
	@Override
	public void destroy() {
		this.destroyed = true;
		if (this.used) {
			LockSupport.parkNanos(EVENTS_NANOS);
		}
		super.destroy();
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
