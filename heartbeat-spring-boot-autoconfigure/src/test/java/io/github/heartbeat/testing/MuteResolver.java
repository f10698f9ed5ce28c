package io.github.heartbeat.testing;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A DNS server that receives every query and answers none until a test enables a name. It
 * then resolves that name to the loopback address and also answers earlier queries for
 * it.
 */
public final class MuteResolver implements AutoCloseable {

	private static final int HEADER_LENGTH = 12;

	private static final int TYPE_A = 1;

	private final DatagramSocket socket;

	private final List<Query> queries = new ArrayList<>();

	private final List<String> known = new ArrayList<>();

	public MuteResolver(InetSocketAddress address) throws IOException {
		this.socket = new DatagramSocket(address);
		Thread thread = new Thread(this::hear, "mute-resolver");
		thread.setDaemon(true);
		thread.start();
	}

	private void hear() {
		try {
			while (true) {
				DatagramPacket packet = new DatagramPacket(new byte[512], 512);
				this.socket.receive(packet);
				Query query = parse(packet);
				synchronized (this) {
					this.queries.add(query);
					if (this.known.contains(query.name())) {
						answer(query);
					}
				}
			}
		}
		catch (IOException ex) {
			if (!this.socket.isClosed()) {
				throw new IllegalStateException(ex);
			}
		}
	}

	private static Query parse(DatagramPacket packet) {
		ByteBuffer buffer = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
		int id = buffer.getShort();
		buffer.position(HEADER_LENGTH);
		StringBuilder name = new StringBuilder();
		for (int length = buffer.get(); length > 0; length = buffer.get()) {
			byte[] label = new byte[length];
			buffer.get(label);
			name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
		}
		int type = buffer.getShort();
		byte[] question = new byte[buffer.position() + 2 - HEADER_LENGTH];
		buffer.position(HEADER_LENGTH);
		buffer.get(question);
		return new Query(name.toString(), type, id, question, packet.getSocketAddress());
	}

	/**
	 * Answer with the loopback address, or with an empty answer for other record types.
	 */
	private void answer(Query query) throws IOException {
		boolean address = query.type() == TYPE_A;
		ByteBuffer answer = ByteBuffer.allocate(512);
		answer.putShort((short) query.id()).putShort((short) 0x8180);
		answer.putShort((short) 1).putShort((short) (address ? 1 : 0)).putInt(0);
		answer.put(query.question());
		if (address) {
			answer.putShort((short) (0xC000 | HEADER_LENGTH)).putShort((short) TYPE_A).putShort((short) 1);
			answer.putInt(60).putShort((short) 4).put(new byte[] { 127, 0, 0, 1 });
		}
		this.socket.send(new DatagramPacket(answer.array(), answer.position(), query.from()));
	}

	/**
	 * Answer earlier and future queries for a name.
	 */
	public synchronized void answer(String name) throws IOException {
		this.known.add(name);
		for (Query query : this.queries) {
			if (query.name().equals(name)) {
				answer(query);
			}
		}
	}

	/**
	 * Return the number of lookups of a name that have started.
	 */
	public synchronized long lookups(String name) {
		return this.queries.stream().filter((query) -> query.type() == TYPE_A && query.name().equals(name)).count();
	}

	@Override
	public void close() {
		this.socket.close();
	}

	private record Query(String name, int type, int id, byte[] question, SocketAddress from) {
	}

}
