package io.github.heartbeat.test.internal;

import java.net.URI;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Extension;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * The Jakarta session of an {@link InMemoryConnection}. The engine writes with its
 * transport, so the session has no remote endpoint.
 */
final class InMemorySession implements Session {

	private final WebSocketContainer container;

	private final URI url;

	private final Map<String, Object> userProperties;

	private final String protocol;

	private final String id = UUID.randomUUID().toString();

	private final Set<MessageHandler> handlers = new CopyOnWriteArraySet<>();

	private volatile MessageHandler.@Nullable Partial<String> textHandler;

	private volatile MessageHandler.@Nullable Partial<ByteBuffer> binaryHandler;

	private volatile MessageHandler.@Nullable Whole<PongMessage> pongHandler;

	private @Nullable InMemoryConnection connection;

	private int maxBinary = Integer.MAX_VALUE;

	private int maxText = Integer.MAX_VALUE;

	private long maxIdleTimeout;

	InMemorySession(WebSocketContainer container, URI url, Map<String, Object> userProperties, String protocol) {
		this.container = container;
		this.url = url;
		this.userProperties = new ConcurrentHashMap<>(userProperties);
		this.protocol = protocol;
	}

	void connect(InMemoryConnection connection) {
		this.connection = connection;
	}

	InMemoryConnection connection() {
		Assert.state(this.connection != null, "Not connected");
		return this.connection;
	}

	void receiveText(String text) {
		MessageHandler.Partial<String> handler = this.textHandler;
		if (handler != null) {
			handler.onMessage(text, true);
		}
	}

	void receiveBinary(ByteBuffer bytes) {
		MessageHandler.Partial<ByteBuffer> handler = this.binaryHandler;
		if (handler != null) {
			handler.onMessage(bytes, true);
		}
	}

	void receivePong() {
		MessageHandler.Whole<PongMessage> handler = this.pongHandler;
		if (handler != null) {
			handler.onMessage(() -> ByteBuffer.allocate(0));
		}
	}

	/**
	 * Spring registers handlers whose types are visible in their classes.
	 */
	@Override
	@SuppressWarnings("unchecked")
	public void addMessageHandler(MessageHandler handler) {
		this.handlers.add(handler);
		ResolvableType type = ResolvableType.forClass(handler.getClass());
		if (handler instanceof MessageHandler.Partial<?> partial) {
			Class<?> payload = type.as(MessageHandler.Partial.class).getGeneric().toClass();
			if (payload == String.class) {
				this.textHandler = (MessageHandler.Partial<String>) partial;
			}
			else {
				this.binaryHandler = (MessageHandler.Partial<ByteBuffer>) partial;
			}
		}
		else {
			this.pongHandler = (MessageHandler.Whole<PongMessage>) handler;
		}
	}

	@Override
	public <T> void addMessageHandler(Class<T> type, MessageHandler.Partial<T> handler) {
		throw new UnsupportedOperationException();
	}

	@Override
	public <T> void addMessageHandler(Class<T> type, MessageHandler.Whole<T> handler) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Set<MessageHandler> getMessageHandlers() {
		return Set.copyOf(this.handlers);
	}

	@Override
	public void removeMessageHandler(MessageHandler handler) {
		throw new UnsupportedOperationException();
	}

	@Override
	public WebSocketContainer getContainer() {
		return this.container;
	}

	@Override
	public String getProtocolVersion() {
		return "13";
	}

	@Override
	public String getNegotiatedSubprotocol() {
		return this.protocol;
	}

	@Override
	public List<Extension> getNegotiatedExtensions() {
		return List.of();
	}

	@Override
	public boolean isSecure() {
		return "wss".equals(this.url.getScheme());
	}

	@Override
	public boolean isOpen() {
		return !connection().isOver();
	}

	@Override
	public long getMaxIdleTimeout() {
		return this.maxIdleTimeout;
	}

	@Override
	public void setMaxIdleTimeout(long milliseconds) {
		this.maxIdleTimeout = milliseconds;
	}

	@Override
	public void setMaxBinaryMessageBufferSize(int length) {
		this.maxBinary = length;
	}

	@Override
	public int getMaxBinaryMessageBufferSize() {
		return this.maxBinary;
	}

	@Override
	public void setMaxTextMessageBufferSize(int length) {
		this.maxText = length;
	}

	@Override
	public int getMaxTextMessageBufferSize() {
		return this.maxText;
	}

	@Override
	public RemoteEndpoint.Async getAsyncRemote() {
		throw new UnsupportedOperationException("Send with the client");
	}

	@Override
	public RemoteEndpoint.Basic getBasicRemote() {
		throw new UnsupportedOperationException("Send with the client");
	}

	@Override
	public String getId() {
		return this.id;
	}

	@Override
	public void close() {
		connection().closeByClient(CloseStatus.NORMAL);
	}

	@Override
	public void close(CloseReason reason) {
		connection().closeByClient(new CloseStatus(reason.getCloseCode().getCode()));
	}

	@Override
	public URI getRequestURI() {
		return this.url;
	}

	@Override
	public Map<String, List<String>> getRequestParameterMap() {
		return Map.of();
	}

	@Override
	public String getQueryString() {
		return this.url.getQuery();
	}

	@Override
	public Map<String, String> getPathParameters() {
		return Map.of();
	}

	@Override
	public Map<String, Object> getUserProperties() {
		return this.userProperties;
	}

	@Override
	public @Nullable Principal getUserPrincipal() {
		return null;
	}

	@Override
	public Set<Session> getOpenSessions() {
		return Set.of(this);
	}

}
