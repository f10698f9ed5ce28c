package io.github.heartbeat.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.test.internal.InMemoryConnection;
import io.github.heartbeat.test.internal.InMemoryHandshake;
import io.github.heartbeat.test.internal.InMemoryServer;
import io.github.heartbeat.test.internal.RefusedHandshakeException;
import jakarta.websocket.DeploymentException;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Connects clients inside the JVM to the {@link TestServer} whose port is in their url.
 * To that server, each connection looks like a socket.
 */
public final class InMemoryTestServers implements InMemoryServer {

	private final Map<InMemoryConnection, InMemorySocket> sockets = new ConcurrentHashMap<>();

	/** The socket of the handshake that was accepted on this thread. */
	private final ThreadLocal<InMemorySocket> accepted = new ThreadLocal<>();

	/**
	 * Wait for the answer of the server, or for the interrupt of the attempt.
	 */
	@Override
	public void handshake(InMemoryHandshake handshake) throws DeploymentException {
		URI url = handshake.url();
		InMemorySocket socket = new InMemorySocket();
		socket.receive(request(url, handshake.headers(), handshake.protocols()));
		boolean accepted = false;
		try {
			TestServer.connect(url.getPort(), socket);
			int status = socket.awaitStatus();
			if (status != 101) {
				throw new RefusedHandshakeException(status);
			}
			accepted = true;
		}
		catch (IOException ex) {
			throw new DeploymentException("The handshake failed", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new DeploymentException("The attempt was cancelled", ex);
		}
		finally {
			if (!accepted) {
				socket.receiveEnd();
			}
		}
		this.accepted.set(socket);
		handshake.accept();
	}

	private static byte[] request(URI url, Map<String, List<String>> headers, List<String> protocols) {
		StringBuilder request = new StringBuilder(ContainerSupport.requestLine(url));
		headers.forEach((name, values) -> values.forEach((value) -> header(request, name, value)));
		header(request, "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
		if (!protocols.isEmpty()) {
			header(request, "Sec-WebSocket-Protocol", String.join(", ", protocols));
		}
		return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
	}

	private static void header(StringBuilder request, String name, String value) {
		request.append(name).append(": ").append(value).append("\r\n");
	}

	@Override
	public void connected(InMemoryConnection connection) {
		InMemorySocket socket = this.accepted.get();
		this.accepted.remove();
		this.sockets.put(connection, socket);
		socket.connected(connection);
	}

	@Override
	public void received(InMemoryConnection connection, WebSocketMessage<?> message) {
		InMemorySocket socket = this.sockets.get(connection);
		if (message instanceof TextMessage text) {
			socket.receiveFrame(TestServer.TEXT, text.asBytes());
		}
		else if (message instanceof BinaryMessage binary) {
			socket.receiveFrame(TestServer.BINARY, bytes(binary.getPayload()));
		}
		else if (message instanceof PingMessage ping) {
			socket.receiveFrame(TestServer.PING, bytes(ping.getPayload()));
		}
		else {
			socket.receiveFrame(TestServer.PONG, bytes(((PongMessage) message).getPayload()));
		}
	}

	private static byte[] bytes(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.duplicate().get(bytes);
		return bytes;
	}

	@Override
	public void heartbeat(InMemoryConnection connection, WebSocketMessage<?> heartbeat) {
		received(connection, heartbeat);
	}

	@Override
	public void closed(InMemoryConnection connection, CloseStatus status) {
		this.sockets.get(connection).receiveClose(status.getCode());
	}

	@Override
	public void closeAnswered(InMemoryConnection connection, int code) {
		InMemorySocket socket = this.sockets.get(connection);
		socket.receiveClose(code);
		socket.receiveEnd();
	}

	@Override
	public void aborted(InMemoryConnection connection) {
		this.sockets.get(connection).receiveEnd();
	}

}
