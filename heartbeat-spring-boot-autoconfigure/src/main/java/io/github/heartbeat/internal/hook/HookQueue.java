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
 * Messages are delivered on the container thread that read them. This needs no thread
 * switch and stops reading while listeners are busy. All other hooks are delivered on the
 * hook executor. Only the thread that holds the turn delivers. A turn is pending from the
 * moment it is taken until a thread of the hook executor claims it. A task that cannot
 * claim the turn does nothing, so a lost task can be submitted again. A message that
 * arrives while the turn is taken waits in the queue, and its container thread waits too.
 */
public final class HookQueue {

	private static final EngineLog logger = EngineLog.of(HookQueue.class);

	/**
	 * Number of hooks that can wait behind a hook that does not return. While this many
	 * wait, the client starts no connection attempt.
	 */
	public static final int MAX_WAITING = 100;

	private final EngineLock lock = new EngineLock();

	private final Condition messageTaken = this.lock.newCondition();

	@GuardedBy("lock")
	private final Deque<Hook> queued = new ArrayDeque<>(4);

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

	/** Number of consecutive checks at which the turn was pending. */
	@GuardedBy("lock")
	private int pendingChecks;

	/** The container thread that delivers a message, or {@code null}. */
	@GuardedBy("lock")
	private @Nullable Thread containerThread;

	@GuardedBy("lock")
	private boolean containerThreadInterrupted;

	/** The hook that is being delivered, or {@code null}. */
	@GuardedBy("lock")
	private Hook.@Nullable Type running;

	@GuardedBy("lock")
	private long runningSince;

	/** Whether the warning about the running hook was logged. */
	@GuardedBy("lock")
	private boolean warned;

	/** Checks whether a hook takes too long. The first hook that runs arms it. */
	@GuardedBy("lock")
	private Timer.@Nullable Timeout watch;

	/** Whether to cancel the watch when the queue is idle. The next hook resets it. */
	@GuardedBy("lock")
	private boolean noMoreHooks;

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
	 * @param longHook warns about hooks that take too long
	 */
	public HookQueue(EngineResources resources, HookDispatcher dispatcher, LongHookWarning longHook) {
		this.executor = resources.hooks();
		this.ticker = resources.ticker();
		this.timer = resources.timer();
		this.dispatcher = dispatcher;
		this.longHook = longHook;
	}

	/**
	 * Deliver a hook on the hook executor, after the hooks that are already queued.
	 * Returns immediately.
	 */
	public void enqueue(Hook hook) {
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			this.queued.add(hook);
			this.noMoreHooks = false;
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
	 * Deliver hooks in their order after the running hook, before all hooks that are
	 * queued. Called by the running hook.
	 */
	public void enqueueFirst(List<Hook> hooks) {
		this.lock.lock();
		try {
			for (int i = hooks.size() - 1; i >= 0 && !this.closed; i--) {
				this.queued.addFirst(hooks.get(i));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether {@link #MAX_WAITING} hooks wait. The client must not cause more hooks then.
	 */
	public boolean isFull() {
		this.lock.lock();
		try {
			return this.queued.size() >= MAX_WAITING;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Submit a task that claims the pending turn. If that fails the turn stays pending
	 * and {@link #check} submits a task again.
	 */
	private void submit() {
		try {
			this.executor.execute(this::deliverWaiting);
		}
		catch (Throwable ex) {
			logger.debug("Failed to submit the delivery of hooks; retrying at the next check", ex);
		}
	}

	/**
	 * Deliver a message on the current thread, after the hooks that are already queued.
	 * Does nothing if the connection has ended. Blocks until the turn is free, or until
	 * the connection ends: reading need not be held back then.
	 * @param source the connection that received the message
	 * @param now the time of the receipt, as of {@link Ticker#nanoTime()}
	 */
	public void deliver(HookSource source, WebSocketMessage<?> message, long now) {
		deliver(source, message, now, this.dispatcher);
	}

	/**
	 * Deliver a message to another receiver than the listeners, see
	 * {@link #deliver(HookSource, WebSocketMessage, long)}.
	 */
	public void deliver(HookSource source, WebSocketMessage<?> message, long now, MessageReceiver receiver) {
		this.lock.lock();
		try {
			if (this.closed || source.hasEnded()) {
				return;
			}
			if (this.turnTaken) {
				awaitTurn(source,
						new Hook(Hook.Type.MESSAGE, source, new WaitingMessage(source, message, now, receiver)));
				return;
			}
			takeTurn();
			this.deliverer = Thread.currentThread();
			this.containerThread = this.deliverer;
			hookStarted(Hook.Type.MESSAGE, now);
		}
		finally {
			this.lock.unlock();
		}
		try {
			receiver.message(message, now);
		}
		finally {
			passTurn();
		}
	}

	@GuardedBy("lock")
	private void awaitTurn(HookSource source, Hook hook) {
		this.queued.add(hook);
		while (this.queued.contains(hook) && !source.hasEnded()) {
			this.messageTaken.awaitUninterruptibly();
		}
	}

	/**
	 * Release a container thread that waits for the turn after its connection has ended.
	 * Watch the hook that still runs on a container thread, because the heartbeat monitor
	 * no longer does.
	 */
	public void connectionEnded() {
		this.lock.lock();
		try {
			this.messageTaken.signalAll();
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
	 * Claim the turn for the current thread if it is pending.
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
	 * Let another thread continue if the current one failed outside a hook. Does nothing
	 * if the turn was released normally.
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
		@Nullable List<Runnable> idle;
		this.lock.lock();
		try {
			Hook hook = this.queued.poll();
			if (hook != null) {
				hookStarted(hook.type(), this.ticker.nanoTime());
				if (hook.type() == Hook.Type.MESSAGE) {
					this.messageTaken.signalAll();
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
	 * A hook is delivered even if it cannot be watched. {@link #check} warns about it
	 * instead.
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
			logger.debug("Failed to watch a hook", ex);
		}
	}

	private void passTurn() {
		@Nullable List<Runnable> idle = null;
		boolean more;
		this.lock.lock();
		try {
			returnContainerThread();
			this.deliverer = null;
			this.running = null;
			more = !this.queued.isEmpty();
			if (!more) {
				idle = releaseTurn();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (more) {
			submit();
		}
		run(idle);
	}

	/**
	 * Clear an interrupt that {@link #close()} set, because the container can use the
	 * thread for other connections.
	 */
	@GuardedBy("lock")
	private void returnContainerThread() {
		this.containerThread = null;
		if (this.containerThreadInterrupted && Thread.interrupted()) {
			logger.trace("A message hook did not handle its interrupt");
		}
		this.containerThreadInterrupted = false;
	}

	/**
	 * Submit a task again if the turn is still pending since the last check or if the
	 * delivering thread has died. Warn about a hook that takes too long.
	 * @return the violated invariant, or {@code null} if there is none
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
	private void hookStarted(Hook.Type type, long now) {
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

	/**
	 * Release the turn.
	 * @return the actions that wait for this moment, or {@code null} if there is none
	 */
	@GuardedBy("lock")
	private @Nullable List<Runnable> releaseTurn() {
		this.turnTaken = false;
		this.deliverer = null;
		this.running = null;
		if (this.timing) {
			this.busyNanos += this.ticker.nanoTime() - this.turnTakenAt;
		}
		if (this.noMoreHooks) {
			stopWatching();
		}
		List<Runnable> idle = this.onIdle;
		this.onIdle = null;
		return idle;
	}

	/**
	 * Run actions. Usually there is none, and then not even an iterator is allocated.
	 */
	private static void run(@Nullable List<Runnable> actions) {
		if (actions == null) {
			return;
		}
		for (Runnable action : actions) {
			try {
				action.run();
			}
			catch (Throwable ex) {
				logger.error("An action that waited for the last hook failed unexpectedly", ex);
			}
		}
	}

	/**
	 * Remove the queued hooks that must not run after the client is closed: opens,
	 * messages and reconnects. Also remove the close of a connection whose open was never
	 * delivered.
	 * @return the connections whose open was removed
	 */
	public Set<HookSource> discardPending() {
		this.lock.lock();
		try {
			Set<HookSource> unopened = new HashSet<>();
			for (Iterator<Hook> hooks = this.queued.iterator(); hooks.hasNext();) {
				Hook hook = hooks.next();
				boolean discard = switch (hook.type()) {
					case OPEN -> hook.source() == null || unopened.add(hook.source());
					case INITIALIZE, MESSAGE, RECONNECT, SUBSCRIPTION -> true;
					case CLOSE -> unopened.contains(hook.source());
					case ERROR, EXHAUSTED, LEASE -> false;
				};
				if (discard) {
					hooks.remove();
				}
			}
			this.messageTaken.signalAll();
			return unopened;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Cancel the watch after the last queued hook, because no hook follows until the
	 * client is opened again.
	 */
	public void expectNoMoreHooks() {
		this.lock.lock();
		try {
			this.noMoreHooks = true;
			if (!this.turnTaken) {
				stopWatching();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the current thread is delivering a hook.
	 */
	public boolean isDeliveredHere() {
		return this.deliverer == Thread.currentThread();
	}

	/**
	 * Run an action when no hook runs or waits. The action runs on the current thread if
	 * that is already the case or the queue is closed, otherwise on the thread that
	 * delivers the last hook.
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
	 * Stop delivering hooks. A running delivery continues. If it runs on a container
	 * thread it is interrupted here; the shutdown of the hook executor interrupts its own
	 * threads.
	 */
	public void close() {
		@Nullable List<Runnable> idle;
		this.lock.lock();
		try {
			this.closed = true;
			stopWatching();
			this.dispatcher.close();
			this.queued.clear();
			this.messageTaken.signalAll();
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
		run(idle);
	}

	/**
	 * Start measuring how long hooks run, from zero.
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
	 * Warn once if the running hook takes too long. No timeout is armed for messages
	 * because there are too many; the heartbeat monitor calls this instead.
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
		this.watch = this.timer.schedule(this::checkRunning, delayNanos);
	}

	/**
	 * One timeout serves all hooks. When it is due it checks the running hook and is
	 * armed again for the time at which that hook becomes too long.
	 */
	private void checkRunning() {
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
	 * Return the running hook if it takes too long.
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
	 * Whether a hook runs or the turn is pending.
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
	 * Return how long hooks have run since {@link #startTiming()}, in nanoseconds.
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
	 * Stop measuring.
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
	 * A running hook.
	 */
	public record Running(Hook.Type type, long since) {
	}

	/**
	 * A message that arrived while another hook ran.
	 */
	private record WaitingMessage(HookSource source, WebSocketMessage<?> message, long received,
			MessageReceiver receiver) implements Runnable {

		@Override
		public void run() {
			if (this.source.mayDeliver()) {
				this.receiver.message(this.message, this.received);
			}
		}

	}

}
