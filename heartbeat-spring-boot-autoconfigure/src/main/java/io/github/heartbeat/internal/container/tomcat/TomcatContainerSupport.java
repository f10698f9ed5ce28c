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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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
 * Support for Tomcat's WebSocket client.
 */
public final class TomcatContainerSupport implements ContainerSupport {

	private static final EngineLog logger = EngineLog.of(TomcatContainerSupport.class);

	/** Their buffers take 5 MB at most in total, and as much again for wss. */
	private static final int LARGE_CONNECTIONS = 128;

	/**
	 * Larger than any TLS record (RFC 8446, section 5.2). Tomcat fails if a record does
	 * not fit into a read buffer. Examples are a handshake response with many headers, or
	 * a session ticket that contains the client's certificates.
	 */
	private static final int TLS_RECORD_SIZE = 17 * 1024;

	/**
	 * The size of the buffer that a batch is written to. Tomcat reads the same system
	 * property.
	 */
	private static final int WRITE_BUFFER_SIZE = Integer.getInteger("org.apache.tomcat.websocket.DEFAULT_BUFFER_SIZE",
			8 * 1024);

	private static final int MAX_FRAME_BYTES = 1024 * 1024;

	/** How long a container with running threads can take to accept a connection. */
	private static final long ALIVE_MILLIS = 1000;

	/** Disables Tomcat's timeout of a write. */
	private static final Long NO_TIMEOUT = -1L;

	/** Properties that a session does not use. */
	private static final Set<String> HANDSHAKE_PROPERTIES = Set.of(Constants.IO_TIMEOUT_MS_PROPERTY,
			Constants.MAX_REDIRECTIONS_PROPERTY, Constants.WS_AUTHENTICATION_PROXY_USER_NAME);

	/** The deadlines of the engine expire first. Tomcat's are a fallback. */
	private static final Duration SLACK = Duration.ofSeconds(5);

	private static final int MAX_REQUEST_LINE = 4096;

	/** Tomcat reports the status only in the message of the exception. */
	private static final Pattern STATUS = Pattern.compile("\\[(\\d{3})]");

	private static final String REDIRECTED = "max number of redirects";

	/**
	 * The status that is reported for every redirect, because Tomcat does not tell which
	 * one it was.
	 */
	private static final int REDIRECT_STATUS = 302;

	private static final String TLS_CHANNEL = "org.apache.tomcat.websocket.AsyncChannelWrapperSecure";

	private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

	/** Tomcat uses a different message if the server answers 407. */
	private static final List<String> PROXY_REFUSALS = List.of("the configured Proxy", "HTTP response code [407]");

	/**
	 * Tomcat does not tell whether a challenge came from the proxy or the server.
	 * Therefore a user name without a password is configured for the proxy and no user
	 * name for the server, and the error message differs.
	 */
	private static final String NO_PASSWORD = "No password";

	private static final List<Integer> UNKNOWN_REDIRECTS = List.of(300, 301, 303, 305, 307);

	/** Registered close codes (RFC 6455, section 11.7) that Tomcat does not support. */
	private static final List<Integer> UNKNOWN_CODES = List.of(1012, 1013, 1014);

	private static final int PROTOCOL_ERROR = 1002;

	private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})");

	private static final int[] MIN_COMPRESSION_VERSION = { 11, 0, 24 };

	private volatile WsWebSocketContainer container;

	private volatile WsWebSocketContainer secureContainer;

	/** Creates a container for a minimum size of its read buffers, if not supplied. */
	private final @Nullable IntFunction<TomcatContainer> factory;

	/** Set while a replacement is not complete. */
	private volatile boolean replacing;

	@GuardedBy("this")
	private boolean shutdown;

	public TomcatContainerSupport() {
		this((minReadSize) -> new TomcatContainer(minReadSize, LARGE_CONNECTIONS));
	}

	TomcatContainerSupport(IntFunction<TomcatContainer> factory) {
		this.container = factory.apply(0);
		this.secureContainer = factory.apply(TLS_RECORD_SIZE);
		this.factory = factory;
	}

	public TomcatContainerSupport(WsWebSocketContainer supplied) {
		this.container = supplied;
		this.secureContainer = supplied;
		this.factory = null;
	}

	@Override
	public WebSocketContainer container(URI url, @Nullable TlsHolder tls) {
		return url.getScheme().equalsIgnoreCase("wss") ? this.secureContainer : this.container;
	}

	/**
	 * Tomcat treats unknown close codes as a protocol error of the peer, and reports the
	 * exact status of only a few redirects.
	 */
	@Override
	public void check(HeartbeatClientSettings settings) {
		if (settings.isCompressionEnabled()) {
			checkCompression(WsWebSocketContainer.class.getPackage().getImplementationVersion());
		}
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
	 * Check that a version does not lose bytes of compressed messages (bug 70126).
	 * @param version the version, or {@code null} if it is unknown, for example in a
	 * native image
	 */
	static void checkCompression(@Nullable String version) {
		Matcher numbers = VERSION.matcher((version != null) ? version : "");
		if (numbers.lookingAt() && Arrays.compare(numbers(numbers), MIN_COMPRESSION_VERSION) < 0) {
			throw new InvalidHeartbeatSettingException("compression.enabled", "true",
					"is set with the WebSocket client of Tomcat " + version
							+ ", and versions before 11.0.24 lose bytes of compressed messages",
					"Update Tomcat, use 'heartbeat.container: jetty', or disable compression "
							+ "here and in 'heartbeat.defaults'.");
		}
	}

	private static int[] numbers(MatchResult version) {
		return IntStream.rangeClosed(1, version.groupCount()).map((i) -> Integer.parseInt(version.group(i))).toArray();
	}

	/**
	 * Tomcat's buffer has a fixed size for the request line, and grows only for the
	 * headers.
	 */
	@Override
	public @Nullable String tooLong(URI url, HttpHeaders headers) {
		int length = ContainerSupport.requestLine(url).length();
		return (length > MAX_REQUEST_LINE) ? "its request line has " + length
				+ " bytes, and Tomcat's WebSocket client sends " + MAX_REQUEST_LINE + " at most" : null;
	}

	/**
	 * The connect timeout applies to each step of the handshake. Tomcat expects a string
	 * for it and for the number of redirects, and a {@link Long} for all other
	 * properties.
	 */
	@Override
	public Map<String, Object> userProperties(String clientName, HeartbeatClientSettings settings) {
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
		return (failure instanceof DeploymentException && isProxyRefusal(message)) ? status(message) : null;
	}

	private static boolean isProxyRefusal(String message) {
		for (String refusal : PROXY_REFUSALS) {
			if (message.contains(refusal)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Tomcat throws an {@link IllegalStateException} if it reads or writes after the peer
	 * closed TLS.
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
	 * Tomcat's clients share the threads of one channel group. A connection within this
	 * process shows whether one of these threads handles events. Containers whose
	 * replacement failed do not connect any more.
	 */
	@Override
	public boolean isAlive() throws IOException, InterruptedException {
		if (this.replacing) {
			return false;
		}
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
	 * The channel group ends with its last container. If the application uses Tomcat's
	 * client elsewhere too, the group and its dead threads remain. New containers are
	 * used only after the old ones have left the group. Attempts fail until then.
	 */
	@Override
	public synchronized boolean replace() {
		if (this.factory == null || this.shutdown) {
			return false;
		}
		this.replacing = true;
		TomcatContainer container = this.factory.apply(0);
		TomcatContainer secureContainer = this.factory.apply(TLS_RECORD_SIZE);
		((TomcatContainer) this.container).abandon();
		((TomcatContainer) this.secureContainer).abandon();
		this.container = container;
		this.secureContainer = secureContainer;
		this.replacing = false;
		return true;
	}

	@Override
	public synchronized void shutdown() {
		this.shutdown = true;
		if (this.factory != null) {
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
	 * A transport whose abort does not perform a close handshake. A close would leave the
	 * socket of a dead peer open for half a minute.
	 */
	private static final class TomcatTransport extends SessionTransport {

		private final WsSession session;

		private final @Nullable AtomicBoolean batching;

		private volatile boolean closing;

		TomcatTransport(WebSocketSession session) {
			super(session);
			this.session = nativeSession(session, WsSession.class);
			TomcatInternals.setNoDelay(this.session);
			setUserProperties();
			this.batching = TomcatInternals.batching(this.session);
		}

		/**
		 * Tomcat measures the timeout of a write by the wall clock, which can be set
		 * forward during a write. The engine aborts the connection of a write that blocks
		 * too long instead. The abort needs access to the socket if Tomcat is already
		 * closing.
		 */
		private void setUserProperties() {
			try {
				Map<String, Object> properties = this.session.getUserProperties();
				HANDSHAKE_PROPERTIES.forEach(properties::remove);
				if (TomcatInternals.hasSocket(this.session)) {
					properties.put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, NO_TIMEOUT);
				}
			}
			catch (IllegalStateException ex) {
				logger.trace("The session was closed already", ex);
			}
		}

		/**
		 * Writes a large binary message in fragments. For a single frame Tomcat recurses
		 * once per 8 KB, which overflows the stack. (It writes texts in small fragments
		 * anyway.)
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
		 * All messages except the last one stay in the buffer, and the write of the last
		 * one flushes them. So no write blocks while Tomcat considers it part of a batch.
		 * Tomcat would flush such a write before an abort, and lose it.
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

		/**
		 * Tomcat inflates the rest of a message that is too large while it waits for the
		 * peer, so the socket is not left open for the answer to the close frame.
		 */
		@Override
		public void close(CloseStatus status, long timeoutMillis) throws IOException {
			this.closing = true;
			this.session.getUserProperties().put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, timeoutMillis);
			this.session.getUserProperties().put(Constants.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT_PROPERTY, timeoutMillis);
			super.close(status, timeoutMillis);
			if (isCompressed() && status.getCode() == CloseStatus.TOO_BIG_TO_PROCESS.getCode()) {
				abort();
			}
		}

		@Override
		public boolean isSocketClosed() {
			return this.session.isClosed();
		}

		/**
		 * Tomcat writes a normal close within the blocking send timeout. With a timeout
		 * of 0 it writes nothing and closes the socket, which also unblocks a blocked
		 * write. (A ping that times out has the same effect, but after a close frame with
		 * code 1001.)
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
