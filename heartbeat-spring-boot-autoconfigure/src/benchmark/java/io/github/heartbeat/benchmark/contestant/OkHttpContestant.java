package io.github.heartbeat.benchmark.contestant;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;

/**
 * OkHttp. If its queue is full, it closes the connection, so a sender must check the queue.
 */
final class OkHttpContestant implements Contestant {

	/** A tenth of the queue size at which OkHttp closes the connection. */
	private static final long MOST_QUEUED = 1_600_000;

	private static final long LOOK_AGAIN_NANOS = 50_000;

	private final Target target;

	private final OkHttpClient client;

	OkHttpContestant(Target target) {
		this.target = target;
		Dispatcher dispatcher = new Dispatcher();
		dispatcher.setMaxRequests(20_000);
		OkHttpClient.Builder builder = new OkHttpClient.Builder().dispatcher(dispatcher);
		if (target.timeout() != null) {
			builder.pingInterval(target.timeout());
		}
		this.client = builder.build();
	}

	@Override
	public Connection connect(Receiver receiver) throws Exception {
		CompletableFuture<WebSocket> open = new CompletableFuture<>();
		this.client.newWebSocket(new Request.Builder().url(this.target.uri().toString()).build(),
				new Listener(receiver, open));
		return new OkHttpConnection(open.get(30, TimeUnit.SECONDS));
	}

	@Override
	public void close() {
		this.client.dispatcher().executorService().shutdown();
	}

	private record OkHttpConnection(WebSocket webSocket) implements Connection {

		@Override
		public void send(String text) {
			while (this.webSocket.queueSize() > MOST_QUEUED) {
				LockSupport.parkNanos(LOOK_AGAIN_NANOS);
			}
			this.webSocket.send(text);
		}

		@Override
		public void close() {
			this.webSocket.cancel();
		}

	}

	private static final class Listener extends WebSocketListener {

		private final Receiver receiver;

		private final CompletableFuture<WebSocket> open;

		Listener(Receiver receiver, CompletableFuture<WebSocket> open) {
			this.receiver = receiver;
			this.open = open;
		}

		@Override
		public void onOpen(WebSocket webSocket, Response response) {
			this.receiver.opened();
			this.open.complete(webSocket);
		}

		@Override
		public void onMessage(WebSocket webSocket, String text) {
			this.receiver.received(text);
		}

		@Override
		public void onClosed(WebSocket webSocket, int code, String reason) {
			this.receiver.ended();
		}

		@Override
		public void onFailure(WebSocket webSocket, Throwable failure, Response response) {
			this.open.completeExceptionally(failure);
			this.receiver.ended();
		}

	}

}
