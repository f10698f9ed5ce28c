package io.github.heartbeat.internal.client;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.container.ContainerWatch;
import org.awaitility.Awaitility;

import org.springframework.web.socket.WebSocketSession;

/**
 * A program that runs out of file descriptors and later has descriptors again. It prints
 * what a client reports.
 */
final class DescriptorShortage {

	private DescriptorShortage() {
	}

	/**
	 * Connect a first client, which loads the required classes, and a second one when no
	 * descriptor is left.
	 */
	public static void main(String[] args) throws Exception {
		DefaultHeartbeatClients clients = TestClients.create(HeartbeatContainer.valueOf(args[0]));
		clients.start();
		loadClasses();
		next(create(clients, "first", args[1]));
		List<FileInputStream> files = new ArrayList<>();
		Awaitility.await().until(() -> !takeAll(files) && !isContainerVerified());
		System.out.println("TAKEN " + files.size());
		BlockingQueue<String> hooks = create(clients, "second", args[1]);
		System.out.println("SHORT " + next(hooks));
		for (FileInputStream file : files) {
			file.close();
		}
		String hook = next(hooks);
		while (!hook.equals("OPEN")) {
			hook = next(hooks);
		}
		System.out.println(hook);
		System.exit(0);
	}

	/**
	 * Loading a class outside a jar requires a descriptor.
	 */
	private static void loadClasses() throws Exception {
		Path root = Path.of(DefaultHeartbeatClients.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		if (!Files.isDirectory(root)) {
			return;
		}
		try (Stream<Path> files = Files.walk(root)) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".class")).toList()) {
				String name = root.relativize(file).toString().replace('/', '.');
				Class.forName(name.substring(0, name.length() - ".class".length()), false,
						DescriptorShortage.class.getClassLoader());
			}
		}
	}

	private static BlockingQueue<String> create(DefaultHeartbeatClients clients, String name, String url) {
		BlockingQueue<String> hooks = new LinkedBlockingQueue<>();
		clients.create(name,
				HeartbeatClientSettings.builder(url)
					.reconnectTimeout(Duration.ofMillis(200))
					.listener(new HeartbeatListener() {
						@Override
						public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
							hooks.add("OPEN");
						}

						@Override
						public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
							hooks.add(cause.getKind() + " " + cause.getMessage());
						}
					})
					.build());
		return hooks;
	}

	/**
	 * Return whether there was at least one descriptor.
	 */
	private static boolean takeAll(List<FileInputStream> files) {
		int before = files.size();
		try {
			while (true) {
				files.add(new FileInputStream("/dev/null"));
			}
		}
		catch (IOException ex) {
			return files.size() > before;
		}
	}

	/**
	 * A verification returns its descriptors when it ends.
	 */
	private static boolean isContainerVerified() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.flatMap(Arrays::stream)
			.anyMatch((frame) -> frame.getClassName().equals(ContainerWatch.class.getName()));
	}

	private static String next(BlockingQueue<String> hooks) throws InterruptedException {
		String hook = hooks.poll(20, TimeUnit.SECONDS);
		if (hook == null) {
			throw new IllegalStateException("No hook");
		}
		return hook;
	}

}
