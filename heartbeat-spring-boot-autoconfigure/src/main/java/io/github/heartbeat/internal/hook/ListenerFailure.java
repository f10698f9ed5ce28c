package io.github.heartbeat.internal.hook;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;

/**
 * Thrown by a listener that describes the failure of the user code that it called. It is
 * neither logged nor published; the failure is.
 */
public final class ListenerFailure extends RuntimeException {

	private final Kind kind;

	private final Callback callback;

	private final String detail;

	private final Throwable failure;

	/**
	 * Create a new exception.
	 * @param kind the kind of the published error
	 * @param callback the user code that failed
	 * @param detail the part of the sentence that names the method
	 * @param failure the exception of the user code
	 */
	public ListenerFailure(Kind kind, Callback callback, String detail, Throwable failure) {
		super(null, null, false, false);
		this.kind = kind;
		this.callback = callback;
		this.detail = detail;
		this.failure = failure;
	}

	Callback callback() {
		return this.callback;
	}

	String detail() {
		return this.detail;
	}

	Throwable failure() {
		return this.failure;
	}

	/**
	 * Return the error to publish, without the message of the failure.
	 */
	public HeartbeatConnectionException cause(String clientName) {
		return new HeartbeatConnectionException(this.kind,
				this.callback.sentence(clientName, this.detail, this.failure));
	}

}
