package io.github.heartbeat.internal.hook;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.LostTasks;
import io.github.heartbeat.internal.runtime.Ticker;
import io.github.heartbeat.internal.runtime.Timer;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Delivers the hooks of one client one at a time and in order.
 * <p>
 * Messages are delivered on the container's thread that brought them, which costs no
 * hand-over and holds back reading while listeners are busy; everything else on the hook
 * executor. Only the thread that holds the turn delivers. A turn is pending between the
 * moment it is taken and the moment a thread of the hook executor claims it: a task that
 * claims nothing does nothing, so a lost task can be submitted again. A message that
 * finds the turn taken waits in the queue and its thread with it.
 */
public final class HookQueue {

	private static final EngineLog logger = EngineLog.of(HookQueue.class);

	/**
	 * How many hooks may wait behind one that does not return before no attempt to
	 * connect is begun any more.
	 */
	public static final int MAX_WAITING = 100;

	private final EngineLock lock = new EngineLock();

	private final Condition taken = this.lock.newCondition();

	@GuardedBy("lock")
	private final Deque<Hook> waiting = new ArrayDeque<>(4);

	private final Executor executor;

	private final Ticker ticker;

	private final Timer timer;

	private final HookDispatcher dispatcher;

	private final LongHookWarning longHook;

	@GuardedBy("lock")
	private boolean turnTaken;

	/**
	 * The thread that holds the turn, or null while it is free or pending. Written under
	 * the lock. Not volatile: without the lock a thread only compares it with itself.
	 */
	private @Nullable Thread deliverer;

	/** At how many checks in a row the turn was pending. */
	@GuardedBy("lock")
	private int pendingChecks;

	/** The thread of the container that is delivering a message. */
	@GuardedBy("lock")
	private @Nullable Thread containerThread;

	@GuardedBy("lock")
	private boolean containerThreadInterrupted;

	/** What is being delivered. */
	@GuardedBy("lock")
	private Hook.@Nullable Type running;

	@GuardedBy("lock")
	private long runningSince;

	/** Whether the warning about what is being delivered was logged. */
	@GuardedBy("lock")
	private boolean warned;

	/** Checks whether a hook takes too long; armed by the first that runs. */
	@GuardedBy("lock")
	private Timer.@Nullable Timeout watch;

	/** Whether no hook follows until the client is opened again. */
	@GuardedBy("lock")
	private boolean lastForNow;

	@GuardedBy("lock")
	private boolean closed;

	@GuardedBy("lock")
	private boolean timing;

	@GuardedBy("lock")
	private long turnTakenAt;

	@GuardedBy("lock")
	private long busyNanos;

	@GuardedBy("lock")
	private @Nullable List<Runnable> onIdle;

	/**
	 * Create a queue.
	 * @param longHook warns of hooks that take too long
	 */
	public HookQueue(EngineResources resources, HookDispatcher dispatcher, LongHookWarning longHook) {
		this.executor = resources.hooks();
		this.ticker = resources.ticker();
		this.timer = resources.timer();
		this.dispatcher = dispatcher;
		this.longHook = longHook;
	}

	/**
	 * Deliver a hook on the hook executor, after those before it.
	 */
	public void enqueue(Hook hook) {
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			this.waiting.add(hook);
			this.lastForNow = false;
			if (this.turnTaken) {
				return;
			}
			takeTurn();
		}
		finally {
			this.lock.unlock();
		}
		submit();
	}

	/**
	 * Whether so many hooks wait that no more should be caused.
	 */
	public boolean isFull() {
		this.lock.lock();
		try {
			return this.waiting.size() >= MAX_WAITING;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Have the pending turn claimed. Where that fails it stays pending, and
	 * {@link #check} submits it again.
	 */
	private void submit() {
		try {
			this.executor.execute(this::deliverWaiting);
		}
		catch (Throwable ex) {
			logger.debug("No thread for the hooks; tried again at the next check", ex);
		}
	}

	/**
	 * Deliver a message on this thread, after those hooks before it, unless its
	 * connection has ended. While it waits for its turn so does this thread, unless the
	 * connection ends: there is nothing more to hold back then.
	 * @param now the time
	 */
	public void deliver(HookSource source, WebSocketMessage<?> message, long now) {
		this.lock.lock();
		try {
			if (this.closed || source.hasEnded()) {
				return;
			}
			if (this.turnTaken) {
				awaitTurn(source, new Hook(Hook.Type.MESSAGE, source, () -> this.dispatcher.message(message, now)));
				return;
			}
			takeTurn();
			this.deliverer = Thread.currentThread();
			this.containerThread = this.deliverer;
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

	@GuardedBy("lock")
	private void awaitTurn(HookSource source, Hook hook) {
		this.waiting.add(hook);
		while (this.waiting.contains(hook) && !source.hasEnded()) {
			this.taken.awaitUninterruptibly();
		}
	}

	/**
	 * Let go the thread of a connection that has ended, and watch the hook that still
	 * runs on it: no heartbeat monitor does any more.
	 */
	public void connectionEnded() {
		this.lock.lock();
		try {
			this.taken.signalAll();
			if (this.containerThread != null && !this.warned && !this.closed) {
				watchIfUnwatched(this.longHook.limitNanos() - (this.ticker.nanoTime() - this.runningSince));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void deliverWaiting() {
		if (!claimTurn()) {
			return;
		}
		try {
			for (Hook hook = next(); hook != null; hook = next()) {
				deliver(hook);
			}
		}
		finally {
			abandonTurn();
		}
	}

	/**
	 * Become the thread that delivers, if the turn is pending.
	 */
	private boolean claimTurn() {
		this.lock.lock();
		try {
			if (!this.turnTaken || this.deliverer != null) {
				return false;
			}
			this.deliverer = Thread.currentThread();
			this.pendingChecks = 0;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void deliver(Hook hook) {
		try {
			hook.delivery().run();
		}
		catch (Throwable ex) {
			logger.error("The delivery of a hook failed unexpectedly with " + ex.getClass().getName());
			logger.debug("Delivery of " + hook.type(), ex);
		}
	}

	/**
	 * Another thread goes on if this one has failed outside of a hook. Nothing happens
	 * where the turn was released in order.
	 */
	private void abandonTurn() {
		this.lock.lock();
		try {
			if (this.deliverer != Thread.currentThread()) {
				return;
			}
			this.deliverer = null;
			this.running = null;
		}
		finally {
			this.lock.unlock();
		}
		submit();
	}

	private @Nullable Hook next() {
		List<Runnable> idle;
		this.lock.lock();
		try {
			Hook hook = this.waiting.poll();
			if (hook != null) {
				runs(hook.type(), this.ticker.nanoTime());
				if (hook.type() == Hook.Type.MESSAGE) {
					this.taken.signalAll();
				}
				watchIfUnwatched(this.longHook.limitNanos());
				return hook;
			}
			idle = releaseTurn();
		}
		finally {
			this.lock.unlock();
		}
		run(idle);
		return null;
	}

	/**
	 * A hook that cannot be watched is delivered all the same; {@link #check} warns then.
	 */
	@GuardedBy("lock")
	private void watchIfUnwatched(long delayNanos) {
		if (this.watch != null) {
			return;
		}
		try {
			watch(delayNanos);
		}
		catch (Throwable ex) {
			logger.debug("A hook is not watched", ex);
		}
	}

	private void passTurn() {
		@Nullable List<Runnable> idle;
		this.lock.lock();
		try {
			returnContainerThread();
			this.deliverer = null;
			this.running = null;
			idle = this.waiting.isEmpty() ? releaseTurn() : null;
		}
		finally {
			this.lock.unlock();
		}
		if (idle == null) {
			submit();
			return;
		}
		run(idle);
	}

	/**
	 * The container's thread goes back without an interrupt of ours: it may serve others.
	 */
	@GuardedBy("lock")
	private void returnContainerThread() {
		this.containerThread = null;
		if (this.containerThreadInterrupted && Thread.interrupted()) {
			logger.trace("A message hook did not heed its interrupt");
		}
		this.containerThreadInterrupted = false;
	}

	/**
	 * Have the turn claimed again that nobody has claimed since the last check, or whose
	 * thread is dead, and warn of a hook that takes too long.
	 * @return what was wrong, or {@code null}
	 */
	public @Nullable String check(long now) {
		String violation = null;
		this.lock.lock();
		try {
			Thread deliverer = this.deliverer;
			boolean pending = this.turnTaken && deliverer == null;
			this.pendingChecks = pending ? this.pendingChecks + 1 : 0;
			if (LostTasks.isLost(this.pendingChecks)) {
				violation = "hooks that no thread delivers";
			}
			else if (deliverer != null && !deliverer.isAlive()) {
				this.deliverer = null;
				this.containerThread = null;
				this.running = null;
				violation = "hooks whose thread has died";
			}
		}
		finally {
			this.lock.unlock();
		}
		if (violation != null) {
			submit();
		}
		warnIfLong(now);
		return violation;
	}

	@GuardedBy("lock")
	private void runs(Hook.Type type, long now) {
		this.running = type;
		this.runningSince = now;
		this.warned = false;
	}

	@GuardedBy("lock")
	private void takeTurn() {
		this.turnTaken = true;
		if (this.timing) {
			this.turnTakenAt = this.ticker.nanoTime();
		}
	}

	@GuardedBy("lock")
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
		List<Runnable> idle = this.onIdle;
		this.onIdle = null;
		return (idle != null) ? idle : List.of();
	}

	private static void run(List<Runnable> actions) {
		for (Runnable action : actions) {
			try {
				action.run();
			}
			catch (Throwable ex) {
				logger.error("An action after the last hook failed unexpectedly", ex);
			}
		}
	}

	/**
	 * Forget the waiting hooks that may not begin once the client is closed: opens,
	 * messages and reconnects, and the close of a connection whose open nobody has heard
	 * of.
	 * @return the connections whose open was forgotten
	 */
	public Set<HookSource> discardPending() {
		this.lock.lock();
		try {
			Set<HookSource> unheard = new HashSet<>();
			for (Iterator<Hook> hooks = this.waiting.iterator(); hooks.hasNext();) {
				Hook hook = hooks.next();
				boolean discard = switch (hook.type()) {
					case OPEN -> hook.source() == null || unheard.add(hook.source());
					case MESSAGE, RECONNECT -> true;
					case CLOSE -> unheard.contains(hook.source());
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
	public void lastForNow() {
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
	public boolean isDeliveredHere() {
		return this.deliverer == Thread.currentThread();
	}

	/**
	 * Run an action as soon as nothing is being delivered nor waits to be, or at once
	 * from within a hook, which cannot wait for its own end.
	 */
	public void whenIdle(Runnable action) {
		this.lock.lock();
		try {
			if (this.turnTaken && !this.closed) {
				List<Runnable> onIdle = (this.onIdle != null) ? this.onIdle : new ArrayList<>(1);
				onIdle.add(action);
				this.onIdle = onIdle;
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
	public void close() {
		@Nullable List<Runnable> idle;
		this.lock.lock();
		try {
			this.closed = true;
			stopWatching();
			this.dispatcher.close();
			this.waiting.clear();
			this.taken.signalAll();
			if (this.containerThread != null && this.containerThread != Thread.currentThread()) {
				this.containerThreadInterrupted = true;
				this.containerThread.interrupt();
			}
			idle = this.onIdle;
			this.onIdle = null;
		}
		finally {
			this.lock.unlock();
		}
		if (idle != null) {
			run(idle);
		}
	}

	/**
	 * Begin to measure how long hooks run, from zero.
	 */
	public void startTiming() {
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
	public void warnIfLong(long now) {
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

	@GuardedBy("lock")
	private void watch(long delayNanos) {
		this.watch = this.timer.schedule(this::watched, delayNanos);
	}

	/**
	 * One timeout watches all hooks: it checks the one that runs when it is due, and
	 * again when that one would be too long.
	 */
	private void watched() {
		this.lock.lock();
		try {
			this.watch = null;
			long now = this.ticker.nanoTime();
			warnIfLong(now);
			if (this.running != null && !this.warned) {
				watch(this.longHook.limitNanos() - (now - this.runningSince));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void stopWatching() {
		if (this.watch != null) {
			this.watch.cancel();
			this.watch = null;
		}
	}

	/**
	 * Return the hook that runs, if it takes too long.
	 */
	public @Nullable Running slowHook() {
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
	public boolean isBusy() {
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
	public long busyNanos() {
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
	public void stopTiming() {
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
	public record Running(Hook.Type type, long since) {
	}

}
