package io.github.heartbeat.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Delivers the hooks of one client one at a time and in order.
 * <p>
 * Messages are delivered on the container's thread that brought them, which costs no
 * hand-over and holds back reading while listeners are busy; everything else on the hook
 * executor. Whoever has the turn delivers, and nobody else. A message that finds the turn
 * taken waits in the queue and its thread with it.
 */
final class HookQueue {

	private static final Log logger = LogFactory.getLog(HookQueue.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition taken = this.lock.newCondition();

	private final Deque<Hook> waiting = new ArrayDeque<>(4);

	private final Executor executor;

	private final Ticker ticker;

	private final Timer timer;

	private final HookDispatcher dispatcher;

	private final LongHookWarning longHook;

	private boolean turnTaken;

	/**
	 * Not volatile: a thread looks for itself alone, and sees what it wrote itself.
	 */
	private @Nullable Thread deliverer;

	/** The thread of the container that is delivering a message. */
	private @Nullable Thread lent;

	private boolean lentInterrupted;

	/** What is being delivered. */
	private Hook.@Nullable Type running;

	private long runningSince;

	/** Whether the log has been told of what is being delivered. */
	private boolean warned;

	/** What looks whether a hook takes too long, armed by the first that runs. */
	private Timer.@Nullable Timeout watch;

	/** Whether no hook follows until the client is opened again. */
	private boolean lastForNow;

	private boolean closed;

	private boolean timing;

	private long turnTakenAt;

	private long busyNanos;

	private List<Runnable> whenIdle = new ArrayList<>(0);

	/**
	 * Create a queue.
	 * @param longHook warns of hooks that take too long
	 */
	HookQueue(EngineResources resources, HookDispatcher dispatcher, LongHookWarning longHook) {
		this.executor = resources.hooks();
		this.ticker = resources.ticker();
		this.timer = resources.timer();
		this.dispatcher = dispatcher;
		this.longHook = longHook;
	}

	/**
	 * Deliver a hook on the hook executor, after those before it.
	 */
	void enqueue(Hook hook) {
		boolean start = false;
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			this.waiting.add(hook);
			this.lastForNow = false;
			if (!this.turnTaken) {
				takeTurn();
				start = true;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (start) {
			this.executor.execute(this::deliverWaiting);
		}
	}

	/**
	 * Deliver a message on this thread, after those hooks before it, unless its
	 * connection has ended. While it waits for its turn so does this thread, unless the
	 * connection ends: there is nothing more to hold back then.
	 * @param now the time
	 */
	void deliver(Connection connection, WebSocketMessage<?> message, long now) {
		this.lock.lock();
		try {
			if (this.closed || connection.hasEnded()) {
				return;
			}
			if (this.turnTaken) {
				awaitTurn(connection,
						new Hook(Hook.Type.MESSAGE, connection.attempt(), () -> this.dispatcher.message(message, now)));
				return;
			}
			takeTurn();
			this.deliverer = Thread.currentThread();
			this.lent = this.deliverer;
			runs(Hook.Type.MESSAGE, now);
		}
		finally {
			this.lock.unlock();
		}
		try {
			this.dispatcher.message(message, now);
		}
		finally {
			passTurn();
		}
	}

	private void awaitTurn(Connection connection, Hook hook) {
		this.waiting.add(hook);
		while (this.waiting.contains(hook) && !connection.hasEnded()) {
			this.taken.awaitUninterruptibly();
		}
	}

	/**
	 * Let go the thread of a connection that has ended.
	 */
	void connectionEnded() {
		this.lock.lock();
		try {
			this.taken.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void deliverWaiting() {
		for (Hook hook = next(); hook != null; hook = next()) {
			try {
				hook.delivery().run();
			}
			catch (Throwable ex) {
				logger.error("The delivery of a hook failed unexpectedly with " + ex.getClass().getName());
				logger.debug("Delivery of " + hook.type(), ex);
			}
		}
	}

	private @Nullable Hook next() {
		List<Runnable> idle;
		this.lock.lock();
		try {
			Hook hook = this.waiting.poll();
			if (hook != null) {
				this.deliverer = Thread.currentThread();
				runs(hook.type(), this.ticker.nanoTime());
				if (this.watch == null) {
					watch(this.longHook.limitNanos());
				}
				if (hook.type() == Hook.Type.MESSAGE) {
					this.taken.signalAll();
				}
				return hook;
			}
			idle = releaseTurn();
		}
		finally {
			this.lock.unlock();
		}
		idle.forEach(Runnable::run);
		return null;
	}

	private void passTurn() {
		@Nullable List<Runnable> idle;
		this.lock.lock();
		try {
			returnLentThread();
			this.deliverer = null;
			this.running = null;
			idle = this.waiting.isEmpty() ? releaseTurn() : null;
		}
		finally {
			this.lock.unlock();
		}
		if (idle == null) {
			this.executor.execute(this::deliverWaiting);
			return;
		}
		idle.forEach(Runnable::run);
	}

	/**
	 * The container's thread goes back without an interrupt of ours: it may serve others.
	 */
	private void returnLentThread() {
		this.lent = null;
		if (this.lentInterrupted && Thread.interrupted()) {
			logger.trace("A message hook did not heed its interrupt");
		}
		this.lentInterrupted = false;
	}

	private void runs(Hook.Type type, long now) {
		this.running = type;
		this.runningSince = now;
		this.warned = false;
	}

	private void takeTurn() {
		this.turnTaken = true;
		if (this.timing) {
			this.turnTakenAt = this.ticker.nanoTime();
		}
	}

	private List<Runnable> releaseTurn() {
		this.turnTaken = false;
		this.deliverer = null;
		this.running = null;
		if (this.timing) {
			this.busyNanos += this.ticker.nanoTime() - this.turnTakenAt;
		}
		if (this.lastForNow) {
			stopWatching();
		}
		if (this.whenIdle.isEmpty()) {
			return List.of();
		}
		List<Runnable> idle = this.whenIdle;
		this.whenIdle = new ArrayList<>();
		return idle;
	}

	/**
	 * Forget the waiting hooks that may not begin once the client is closed: opens,
	 * messages and reconnects, and the close of a connection whose open nobody has heard
	 * of.
	 * @return the numbers of the attempts whose open was forgotten
	 */
	Set<Long> discardPending() {
		this.lock.lock();
		try {
			Set<Long> unheard = new HashSet<>();
			for (Iterator<Hook> hooks = this.waiting.iterator(); hooks.hasNext();) {
				Hook hook = hooks.next();
				boolean discard = switch (hook.type()) {
					case OPEN -> unheard.add(hook.attempt());
					case MESSAGE, RECONNECT -> true;
					case CLOSE -> unheard.contains(hook.attempt());
					case ERROR, EXHAUSTED -> false;
				};
				if (discard) {
					hooks.remove();
				}
			}
			this.taken.signalAll();
			return unheard;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * No hook follows until the client is opened again: leave no timeout behind.
	 */
	void lastForNow() {
		this.lock.lock();
		try {
			this.lastForNow = true;
			if (!this.turnTaken) {
				stopWatching();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether this thread is within a hook.
	 */
	boolean isDeliveredHere() {
		return this.deliverer == Thread.currentThread();
	}

	/**
	 * Run an action as soon as nothing is being delivered nor waits to be, or at once
	 * from within a hook, which cannot wait for its own end.
	 */
	void whenIdle(Runnable action) {
		this.lock.lock();
		try {
			if (this.turnTaken && !this.closed) {
				this.whenIdle.add(action);
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		action.run();
	}

	/**
	 * Deliver nothing any more. A delivery that has begun runs to its end, and is
	 * interrupted where nobody else does: the threads of the hook executor are its own
	 * business.
	 */
	void close() {
		List<Runnable> idle;
		this.lock.lock();
		try {
			this.closed = true;
			stopWatching();
			this.dispatcher.close();
			this.waiting.clear();
			this.taken.signalAll();
			if (this.lent != null && this.lent != Thread.currentThread()) {
				this.lentInterrupted = true;
				this.lent.interrupt();
			}
			idle = this.whenIdle;
			this.whenIdle = new ArrayList<>();
		}
		finally {
			this.lock.unlock();
		}
		idle.forEach(Runnable::run);
	}

	/**
	 * Begin to measure how long hooks run, from zero.
	 */
	void startTiming() {
		this.lock.lock();
		try {
			this.timing = true;
			this.busyNanos = 0;
			this.turnTakenAt = this.ticker.nanoTime();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Warn, once, if what is being delivered takes too long. No timeout is armed for
	 * messages, for the sake of their number: the heartbeat monitor asks.
	 */
	void warnIfLong(long now) {
		this.lock.lock();
		try {
			Hook.Type running = this.running;
			if (running != null && !this.warned && this.longHook.isLong(now - this.runningSince)) {
				this.warned = true;
				this.longHook.warn(running);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void watch(long delayNanos) {
		this.watch = this.timer.schedule(this::watched, delayNanos);
	}

	/**
	 * One timeout looks after all hooks: at the one that runs when it is due, and again
	 * when that one would be too long.
	 */
	private void watched() {
		this.lock.lock();
		try {
			this.watch = null;
			long now = this.ticker.nanoTime();
			warnIfLong(now);
			if (this.running != null && !this.warned && this.lent == null) {
				watch(this.longHook.limitNanos() - (now - this.runningSince));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void stopWatching() {
		if (this.watch != null) {
			this.watch.cancel();
			this.watch = null;
		}
	}

	/**
	 * Return the hook that runs, if it takes too long.
	 */
	@Nullable Running slowHook() {
		this.lock.lock();
		try {
			return (this.running != null && this.longHook.isLong(this.ticker.nanoTime() - this.runningSince))
					? new Running(this.running, this.runningSince) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether a hook runs.
	 */
	boolean isBusy() {
		this.lock.lock();
		try {
			return this.turnTaken;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return for how long hooks have been running since {@link #startTiming()}.
	 */
	long busyNanos() {
		this.lock.lock();
		try {
			return this.busyNanos + (this.turnTaken ? this.ticker.nanoTime() - this.turnTakenAt : 0);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Measure no longer.
	 */
	void stopTiming() {
		this.lock.lock();
		try {
			this.timing = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A hook that runs.
	 */
	record Running(Hook.Type type, long since) {
	}

}
