package io.github.heartbeat.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.autoconfigure.ConfiguredKeys.Key;
import io.github.heartbeat.autoconfigure.KnownKeys.Match;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Checks the keys of a configuration: unknown keys, lists and maps in the place of other
 * values, names of clients, and clients with two spellings.
 */
final class KeyCheck {

	static final String NAME_RULE = "Use lower-case letters, digits and dashes, and start with a letter or digit.";

	private static final String EACH_URL = "Set the url of each client with the key 'heartbeat.clients.<name>.url'.";

	private final ConfiguredKeys keys;

	private final ConfigurationProblems problems;

	KeyCheck(ConfiguredKeys keys, ConfigurationProblems problems) {
		this.keys = keys;
		this.problems = problems;
	}

	void run() {
		this.keys.all().forEach(this::check);
		checkNames();
		checkSpellings();
	}

	private void check(Key key) {
		ConfigurationPropertyName name = key.name();
		if (ConfiguredKeys.CLIENTS.equals(name) || ConfiguredKeys.DEFAULTS.equals(name)) {
			return;
		}
		if (this.keys.isListItem(key)) {
			this.problems.unusable(key.client());
			add(key, ConfiguredKeys.CLIENTS, "is a list",
					key.isVariable() ? "Use the name of the client in the variable: HEARTBEAT_CLIENTS_<NAME>_URL."
							: "Use the name of each client as the key: 'heartbeat.clients.<name>.url'.");
		}
		else if (ConfiguredKeys.CLIENTS.isAncestorOf(name)) {
			if (name.getNumberOfElements() > ConfiguredKeys.CLIENT_ELEMENTS) {
				check(key, ConfiguredKeys.CLIENT_ELEMENTS, KnownKeys.CLIENT);
			}
		}
		else if (ConfiguredKeys.DEFAULTS.isAncestorOf(name)) {
			check(key, ConfiguredKeys.DEFAULTS.getNumberOfElements(), KnownKeys.DEFAULTS);
		}
		else {
			check(key, ConfiguredKeys.PREFIX.getNumberOfElements(), KnownKeys.GLOBAL);
		}
	}

	private void check(Key key, int prefix, KnownKeys known) {
		List<String> elements = key.elements(prefix);
		Match match = known.match(elements, key.indexed(prefix));
		switch (match.kind()) {
			case LIST, MAP -> explainStructure(key, prefix, match);
			case UNKNOWN -> {
				if (!key.isVariable() || known.findWithUnderscores(elements) == null) {
					explainUnknown(key, prefix, elements);
				}
			}
			case KNOWN -> {
				if (key.isVariable() && match.key().equals("headers") && elements.size() > 2) {
					explainHeaderVariable(key, prefix, elements);
				}
			}
			case GROUP -> {
				// A value in the place of a group fails to bind.
			}
		}
	}

	private void explainStructure(Key key, int prefix, Match match) {
		String text = KeyText.of(key.name().chop(prefix)) + "." + match.key();
		boolean list = match.kind() == KnownKeys.Kind.LIST;
		String action = "Use a single value.";
		if (match.key().equals("headers")) {
			action = "Set each header with the key '" + text + ".<name>'.";
		}
		else if (KnownKeys.CLIENT.isList(match.key())) {
			action = "Use a list of single values.";
		}
		else if (!list && KnownKeys.CLIENT.isText(match.key()) && !match.key().equals("url")) {
			action = "Quote the value, for example " + match.key() + ": '{\"op\":\"ping\"}'.";
		}
		ConfigurationPropertyName name = key.name().chop(prefix + match.key().split("\\.").length);
		this.problems.unusable(name);
		add(key, name, list ? "is a list" : "is a map", action);
	}

	private void explainHeaderVariable(Key key, int prefix, List<String> elements) {
		String header = String.join("-", elements.subList(1, elements.size()));
		String client = KeyText.of(key.name().chop(prefix));
		this.problems.unusable(key.name());
		add(key, key.name(), "has a header name with underscores",
				"Omit the dashes of the name in the environment variable"
						+ (KeyText.isKey(header) ? ": " + KeyText.variable(client + ".headers." + header) : "")
						+ ". The name is sent as it is spelled in a file.");
	}

	private void explainUnknown(Key key, int prefix, List<String> elements) {
		if (prefix == ConfiguredKeys.PREFIX.getNumberOfElements()) {
			explainUnknownGlobal(key, elements);
			return;
		}
		ConfigurationPropertyName parent = key.name().chop(prefix);
		String action = splitName(key, elements);
		if (action == null) {
			action = misplaced(parent, elements);
		}
		if (action == null) {
			String similar = known(parent).findSimilar(elements);
			if (similar != null) {
				this.problems.unusable(parent.append(similar));
				String complete = KeyText.of(similar.equals("headers")
						? ConfigurationPropertyName.of(similar).append(key.name().subName(prefix + 1))
						: ConfigurationPropertyName.of(similar));
				action = key.isVariable()
						? "Did you mean the variable " + KeyText.variable(KeyText.of(parent) + "." + complete) + "?"
						: "Did you mean '" + complete + "'?";
			}
		}
		add(key, key.name(), "is not a known key", (action != null) ? action
				: "Remove it. A client requires a 'url' and accepts the keys of 'heartbeat.defaults'.");
	}

	private static KnownKeys known(ConfigurationPropertyName parent) {
		return ConfiguredKeys.DEFAULTS.equals(parent) ? KnownKeys.DEFAULTS : KnownKeys.CLIENT;
	}

	/**
	 * Explain a key that is valid after a part of the name of the client, such as
	 * {@code price.feed.url} from the variable {@code HEARTBEAT_CLIENTS_PRICE_FEED_URL}.
	 */
	private @Nullable String splitName(Key key, List<String> elements) {
		if (!key.isOfClient()) {
			return null;
		}
		StringBuilder client = new StringBuilder(key.clientName());
		for (int i = 1; i < elements.size(); i++) {
			client.append('-').append(elements.get(i - 1));
			List<String> rest = elements.subList(i, elements.size());
			int position = ConfiguredKeys.CLIENT_ELEMENTS + i;
			Match match = KnownKeys.CLIENT.match(rest, key.indexed(position));
			String known = (match.kind() == KnownKeys.Kind.KNOWN) ? String.join(".", rest)
					: key.isVariable() ? KnownKeys.CLIENT.findWithUnderscores(rest) : null;
			ConfigurationPropertyName url = key.client().append("url");
			boolean otherClient = key.isVariable() || ("url".equals(known) && this.keys.find(url) == null);
			if (known != null && otherClient && KeyText.isKey(client + "." + known)) {
				this.problems.unusable(url);
				String complete = "heartbeat.clients." + client + "." + known;
				return key.isVariable()
						? "Omit the dashes of names in environment variables: " + KeyText.variable(complete) + "."
						: "Did you mean '" + complete + "'?";
			}
		}
		return null;
	}

	/**
	 * Explain a key that is known in another place.
	 */
	private static @Nullable String misplaced(ConfigurationPropertyName parent, List<String> elements) {
		List<Boolean> indexed = elements.stream().map((element) -> false).toList();
		if (ConfiguredKeys.DEFAULTS.equals(parent) && elements.equals(List.of("url"))) {
			return EACH_URL;
		}
		Match global = KnownKeys.GLOBAL.match(elements, indexed);
		if (global.kind() != KnownKeys.Kind.KNOWN) {
			return null;
		}
		return "Set 'heartbeat." + global.key() + "', which applies to all clients."
				+ ("enabled".equals(global.key()) ? " 'auto-startup' applies to one client." : "");
	}

	private void explainUnknownGlobal(Key key, List<String> elements) {
		int prefix = ConfiguredKeys.PREFIX.getNumberOfElements();
		if (KnownKeys.CLIENT.match(elements, key.indexed(prefix)).kind() == KnownKeys.Kind.KNOWN) {
			String rest = KeyText.of(key.name().subName(prefix));
			add(key, key.name(), "is not a known key", rest.equals("url") ? EACH_URL : "Set 'heartbeat.defaults." + rest
					+ "' for all clients, or 'heartbeat.clients.<name>." + rest + "' for one client.");
			return;
		}
		String section = section(key, elements);
		if (section != null) {
			add(key, key.name().chop(prefix + 1), "is not a known key", "Did you mean 'heartbeat." + section + "'?");
			return;
		}
		String globalKey = KnownKeys.GLOBAL.findSimilar(elements);
		if (globalKey != null) {
			add(key, key.name(), "is not a known key", "Did you mean 'heartbeat." + globalKey + "'?");
			return;
		}
		String clientKey = KnownKeys.DEFAULTS.findSimilar(elements);
		add(key, key.name(), "is not a known key", (clientKey != null)
				? "Did you mean 'heartbeat.defaults." + clientKey + "' or 'heartbeat.clients.<name>." + clientKey + "'?"
				: "Remove it. " + EACH_URL);
	}

	/**
	 * Return the section that was probably meant, or {@code null} if none is similar.
	 */
	private static @Nullable String section(Key key, List<String> elements) {
		String first = elements.get(0);
		for (String section : List.of("clients", "defaults")) {
			if (Spelling.distance(Spelling.uniform(first), section) <= 2) {
				return section;
			}
		}
		if (elements.size() == 1 || !KeyText.isPlain(first)) {
			return null;
		}
		Match match = KnownKeys.CLIENT.match(elements.subList(1, elements.size()),
				key.indexed(ConfiguredKeys.PREFIX.getNumberOfElements() + 1));
		return (match.kind() == KnownKeys.Kind.KNOWN) ? "clients." + first : null;
	}

	private void checkNames() {
		Map<String, Key> clients = this.keys.clients();
		for (String name : Spelling.preferred(clients.keySet()).values()) {
			if (DefaultHeartbeatClients.isValidName(name)) {
				continue;
			}
			Key key = Objects.requireNonNull(clients.get(name));
			if (!KeyText.isPlain(name)) {
				add(key, ConfiguredKeys.CLIENTS, "has an entry whose name is not a client name", NAME_RULE);
				continue;
			}
			String dashed = KeyText.dashed(name);
			add(key, key.client(), "is not a client name", DefaultHeartbeatClients.isValidName(dashed)
					? "Use '" + dashed + "': lower-case letters, digits and dashes." : NAME_RULE);
		}
	}

	/**
	 * Check that no source has the url of a client in two spellings. The spelling of
	 * another source overrides.
	 */
	private void checkSpellings() {
		Map<Object, Map<String, Key>> urls = new LinkedHashMap<>();
		for (Key key : this.keys.all()) {
			if (!key.isOfClient() || this.keys.isListItem(key)
					|| !key.elements(ConfiguredKeys.CLIENT_ELEMENTS).equals(List.of("url"))) {
				continue;
			}
			Key other = urls.computeIfAbsent(key.source(), (source) -> new LinkedHashMap<>())
				.putIfAbsent(Spelling.uniform(key.clientName()), key);
			if (other != null) {
				ConfigurationPropertyName client = key.client();
				String text = KeyText.of(client);
				String otherText = KeyText.of(other.client());
				this.problems.add(client,
						new InvalidHeartbeatSettingException(text, null,
								"is another spelling of '" + otherText + "', and both have a url",
								"Remove one of the two, or use a different name."),
						(key.origin() != null) ? key.origin() + " and " + other.origin() : null);
			}
		}
	}

	private void add(Key key, ConfigurationPropertyName name, String reason, String action) {
		this.problems.add(name, new InvalidHeartbeatSettingException(KeyText.of(name), null, reason, action),
				key.origin());
	}

}
