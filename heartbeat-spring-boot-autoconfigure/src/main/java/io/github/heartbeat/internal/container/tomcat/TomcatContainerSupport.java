package io.github.heartbeat.internal.container.tomcat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatCodeRange;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.container.SessionTransport;
import io.github.heartbeat.internal.container.Transport;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.tls.TlsHolder;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.WebSocketContainer;
import org.apache.tomcat.websocket.AsyncChannelGroupUtil;
import org.apache.tomcat.websocket.AuthenticationException;
import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Tomcat's WebSocket client.
 */
public final class TomcatContainerSupport implements ContainerSupport {

	private static final EngineLog logger = EngineLog.of(TomcatContainerSupport.class);

	/** Together their buffers take 4 MB at the most, and as much again for wss. */
	private static final int LARGE_CONNECTIONS = 128;

	/**
	 * More than any TLS record (RFC 8446, section 5.2), for Tomcat fails if one does not
	 * fit into a read: an answer to the handshake with many headers, or a session ticket
	 * with the client's certificates in it.
	 */
	private static final int TLS_RECORD_SIZE = 17 * 1024;

	/** The size of the buffer that a batch is written to, where it is not set. */
	private static final int WRITE_BUFFER_SIZE = Integer.getInteger("org.apache.tomcat.websocket.DEFAULT_BUFFER_SIZE",
			8 * 1024);

	private static final int MAX_FRAME_BYTES = 1024 * 1024;

	/** How long a container whose threads run may take to accept a connection. */
	private static final long ALIVE_MILLIS = 1000;

	/** Of a write. */
	private static final Long NO_TIMEOUT = -1L;

	/** Our own deadlines come first; Tomcat's are for what they miss. */
	private static final Duration SLACK = Duration.ofSeconds(5);

	private static final int MAX_REQUEST_LINE = 4096;

	/** Tomcat has the status in the text of the exception only. */
	private static final Pattern STATUS = Pattern.compile("\\[(\\d{3})]");

	private static final String REDIRECTED = "max number of redirects";

	/** What a redirect is taken for, since Tomcat does not say which one it was. */
	private static final int REDIRECT_STATUS = 302;

	private static final String TLS_CHANNEL = "org.apache.tomcat.websocket.AsyncChannelWrapperSecure";

	private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

	/** A server that answers 407 is quoted in other words. */
	private static final List<String> PROXY_REFUSALS = List.of("the configured Proxy", "HTTP response code [407]");

	/**
	 * Of a challenge Tomcat does not say whose it is. So the proxy gets a user name
	 * without a password, and the server not even that.
	 */
	private static final String NO_PASSWORD = "No password";

	private static final List<Integer> UNKNOWN_REDIRECTS = List.of(300, 301, 303, 305, 307);

	/** Registered codes (RFC 6455, section 11.7) that Tomcat does not know. */
	private static final List<Integer> UNKNOWN_CODES = List.of(1012, 1013, 1014);

	private static final int PROTOCOL_ERROR = 1002;

	private volatile WsWebSocketContainer container;

	private volatile WsWebSocketContainer secureContainer;

	private final boolean own;

	@GuardedBy("this")
	private boolean shutdown;

	public TomcatContainerSupport() {
		this(newContainer(), newSecureContainer(), true);
	}

	public TomcatContainerSupport(WsWebSocketContainer supplied) {
		this(supplied, supplied, false);
	}

	private TomcatContainerSupport(WsWebSocketContainer container, WsWebSocketContainer secureContainer, boolean own) {
		this.container = container;
		this.secureContainer = secureContainer;
		this.own = own;
	}

	private static TomcatContainer newContainer() {
		return new TomcatContainer(0, LARGE_CONNECTIONS);
	}

	private static TomcatContainer newSecureContainer() {
		return new TomcatContainer(TLS_RECORD_SIZE, LARGE_CONNECTIONS);
	}

	@Override
	public WebSocketContainer container(URI url, @Nullable TlsHolder tls) {
		return url.getScheme().equalsIgnoreCase("wss") ? this.secureContainer : this.container;
	}

	/**
	 * Tomcat takes close codes that it does not know for a protocol error of the peer,
	 * and has the status of few redirects.
	 */
	@Override
	public void check(HeartbeatClientSettings settings) {
		for (HeartbeatCodeRange range : settings.getStopOnCloseCodes()) {
			if (!range.contains(PROTOCOL_ERROR) && UNKNOWN_CODES.stream().anyMatch(range::contains)) {
				throw new InvalidHeartbeatSettingException("stop-on.close-codes", range.toString(),
						"names 1012, 1013 or 1014, which Tomcat's WebSocket client reports as 1002",
						"Remove them here and in 'heartbeat.defaults', or use 'heartbeat.container: jetty', "
								+ "which reports them as they are.");
			}
		}
		List<HeartbeatCodeRange> statuses = settings.getStopOnHttpStatuses();
		if (statuses.stream().anyMatch((range) -> range.contains(REDIRECT_STATUS))) {
			return;
		}
		for (HeartbeatCodeRange range : statuses) {
			if (UNKNOWN_REDIRECTS.stream().anyMatch(range::contains)) {
				throw new InvalidHeartbeatSettingException("stop-on.http-statuses", range.toString(),
						"names redirects, all of which Tomcat's WebSocket client reports as 302",
						"Name 302 as well, or use 'heartbeat.container: jetty', which reports them as they are.");
			}
		}
	}

	/**
	 * Tomcat has a buffer of a fixed size for the request line. It grows for the headers.
	 */
	@Override
	public @Nullable String tooLong(URI url, HttpHeaders headers) {
		int length = ContainerSupport.requestLine(url).length();
		return (length > MAX_REQUEST_LINE) ? "its request line has " + length
				+ " bytes, and Tomcat's WebSocket client sends " + MAX_REQUEST_LINE + " at most" : null;
	}

	/**
	 * The connect timeout is per step of the handshake and must be a text, as the number
	 * of redirects; all others must be a {@link Long}.
	 */
	@Override
	public Map<String, Object> userProperties(HeartbeatClientSettings settings) {
		return Map.of(Constants.IO_TIMEOUT_MS_PROPERTY, String.valueOf(withSlack(settings.getConnectTimeout())),
				Constants.MAX_REDIRECTIONS_PROPERTY, "0", Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, NO_TIMEOUT,
				Constants.WS_AUTHENTICATION_PROXY_USER_NAME, "");
	}

	private static long withSlack(Duration timeout) {
		return Math.min(timeout.plus(SLACK).toMillis(), Integer.MAX_VALUE);
	}

	@Override
	public Transport transport(WebSocketSession session) {
		return new TomcatTransport(session);
	}

	@Override
	public @Nullable Integer httpStatus(Throwable failure) {
		String message = failure.getMessage();
		if (failure instanceof DeploymentException && message != null) {
			return message.contains(REDIRECTED) ? Integer.valueOf(REDIRECT_STATUS) : status(message);
		}
		return (failure instanceof AuthenticationException) ? 401 : null;
	}

	@Override
	public @Nullable Integer proxyStatus(Throwable failure) {
		String message = failure.getMessage();
		if (message == null) {
			return null;
		}
		if (failure instanceof AuthenticationException) {
			return message.contains(NO_PASSWORD) ? PROXY_AUTHENTICATION_REQUIRED : null;
		}
		return (failure instanceof DeploymentException && PROXY_REFUSALS.stream().anyMatch(message::contains))
				? status(message) : null;
	}

	/**
	 * Tomcat throws an {@link IllegalStateException} where it reads or writes and TLS was
	 * closed by the peer.
	 */
	@Override
	public boolean isDropped(Throwable failure) {
		StackTraceElement[] frames = failure.getStackTrace();
		return failure instanceof IllegalStateException && frames.length > 0
				&& frames[0].getClassName().startsWith(TLS_CHANNEL);
	}

	private static @Nullable Integer status(String message) {
		Matcher matcher = STATUS.matcher(message);
		return matcher.find() ? Integer.valueOf(matcher.group(1)) : null;
	}

	/**
	 * Tomcat's clients share the threads of one group of channels. A connect within this
	 * process shows whether one of them handles events.
	 */
	@Override
	public boolean isAlive() throws IOException, InterruptedException {
		AsynchronousChannelGroup group = AsyncChannelGroupUtil.register();
		try (AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open(group)) {
			server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			CompletableFuture<AsynchronousSocketChannel> accepted = new CompletableFuture<>();
			server.accept(accepted, new FutureCompletion());
			try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
					AsynchronousSocketChannel end = accepted.get(ALIVE_MILLIS, TimeUnit.MILLISECONDS)) {
				logger.trace("Accepted " + end + " from " + client);
				return true;
			}
			catch (TimeoutException | ExecutionException ex) {
				logger.debug("The threads of Tomcat's WebSocket client do not respond", ex);
				return false;
			}
		}
		finally {
			AsyncChannelGroupUtil.unregister();
		}
	}

	/**
	 * The group of channels ends with its last container. Where the application uses
	 * Tomcat's client elsewhere, that keeps the group with the dead threads.
	 */
	@Override
	public synchronized boolean replace() {
		if (!this.own || this.shutdown) {
			return false;
		}
		TomcatContainer container = (TomcatContainer) this.container;
		TomcatContainer secureContainer = (TomcatContainer) this.secureContainer;
		this.container = newContainer();
		this.secureContainer = newSecureContainer();
		try {
			container.abandon();
		}
		finally {
			secureContainer.abandon();
		}
		return true;
	}

	@Override
	public synchronized void shutdown() {
		this.shutdown = true;
		if (this.own) {
			this.container.destroy();
			this.secureContainer.destroy();
		}
	}

	private static final class FutureCompletion
			implements CompletionHandler<AsynchronousSocketChannel, CompletableFuture<AsynchronousSocketChannel>> {

		@Override
		public void completed(AsynchronousSocketChannel result, CompletableFuture<AsynchronousSocketChannel> future) {
			future.complete(result);
		}

		@Override
		public void failed(Throwable failure, CompletableFuture<AsynchronousSocketChannel> future) {
			future.completeExceptionally(failure);
		}

	}

	/**
	 * A link whose abort is no close: a close leaves the socket of a dead peer open for
	 * half a minute.
	 */
	private static final class TomcatTransport extends SessionTransport {

		private final WsSession session;

		private final @Nullable AtomicBoolean batching;

		private volatile boolean closing;

		TomcatTransport(WebSocketSession session) {
			super(session);
			this.session = nativeSession(session, WsSession.class);
			TomcatInternals.setNoDelay(this.session);
			disableWriteTimeout();
			this.batching = TomcatInternals.batching(this.session);
		}

		/**
		 * Tomcat counts the timeout of a write by the wall clock, which may be set
		 * forward during a write. A write that is blocked for too long ends with the
		 * abort of its connection, which needs the socket where Tomcat is closing
		 * already.
		 */
		private void disableWriteTimeout() {
			if (!TomcatInternals.hasSocket(this.session)) {
				return;
			}
			try {
				this.session.getUserProperties().put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, NO_TIMEOUT);
			}
			catch (IllegalStateException ex) {
				logger.trace("The session was closed already", ex);
			}
		}

		/**
		 * A large binary message is written in fragments: for a frame Tomcat calls itself
		 * once for each 8 KB, which exhausts the stack of a thread. (It writes texts in
		 * small fragments anyway.)
		 */
		@Override
		public void write(WebSocketMessage<?> message) throws IOException {
			if (message instanceof BinaryMessage binary && binary.getPayloadLength() > MAX_FRAME_BYTES) {
				ByteBuffer rest = binary.getPayload().slice();
				while (rest.remaining() > MAX_FRAME_BYTES) {
					super.write(new BinaryMessage(rest.slice(rest.position(), MAX_FRAME_BYTES), false));
					rest.position(rest.position() + MAX_FRAME_BYTES);
				}
				super.write(new BinaryMessage(rest.slice(), true));
				return;
			}
			super.write(message);
		}

		/**
		 * All but the last one stay in the buffer, which that one takes along. So no
		 * write is blocked while Tomcat takes it for a part of a batch, which it would
		 * flush before an abort, and lose.
		 */
		@Override
		public void write(List<WebSocketMessage<?>> messages) throws IOException {
			AtomicBoolean batching = this.batching;
			int last = messages.size() - 1;
			if (batching != null && last > 0) {
				batching.set(true);
				try {
					super.write(messages.subList(0, last));
				}
				finally {
					batching.set(false);
				}
				write(messages.get(last));
				return;
			}
			super.write(messages);
		}

		@Override
		public long batchBytes() {
			return (this.batching != null) ? WRITE_BUFFER_SIZE : 0;
		}

		@Override
		public void close(CloseStatus status, long timeoutMillis) throws IOException {
			this.closing = true;
			this.session.getUserProperties().put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, timeoutMillis);
			this.session.getUserProperties().put(Constants.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT_PROPERTY, timeoutMillis);
			super.close(status, timeoutMillis);
		}

		@Override
		public boolean isSocketClosed() {
			return this.session.isClosed();
		}

		/**
		 * A normal close is written within the blocking send timeout. With none left
		 * Tomcat writes nothing and closes the socket, which frees a blocked write as
		 * well. (A ping that times out would do so too, after a close frame with code
		 * 1001.)
		 */
		@Override
		public void abort() {
			if (!this.closing) {
				if (this.batching != null) {
					this.batching.set(false);
				}
				try {
					this.session.getUserProperties().put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, 0L);
					this.session.close(new CloseReason(CloseCodes.NORMAL_CLOSURE, ""));
				}
				catch (IOException | IllegalStateException ex) {
					logger.trace("The session was closed already", ex);
				}
			}
			this.session.onClose(new CloseReason(CloseCodes.CLOSED_ABNORMALLY, ""));
			if (!this.session.isClosed()) {
				TomcatInternals.closeSocket(this.session);
			}
		}

	}

}
