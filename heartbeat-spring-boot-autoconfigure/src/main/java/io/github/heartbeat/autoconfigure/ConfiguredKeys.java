package io.github.heartbeat.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Keys under {@code heartbeat} that an environment has, as they are written.
 */
final class ConfiguredKeys {

	static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("heartbeat");

	static final ConfigurationPropertyName DEFAULTS = PREFIX.append("defaults");

	static final ConfigurationPropertyName CLIENTS = PREFIX.append("clients");

	/** Number of elements of the prefix of a client, which ends with its name. */
	static final int CLIENT_ELEMENTS = CLIENTS.getNumberOfElements() + 1;

	private final List<ConfigurationPropertySource> sources = new ArrayList<>();

	/** In the order of the sources, so that the first one of equal keys has the value. */
	private final List<Key> keys = new ArrayList<>();

	ConfiguredKeys(Environment environment) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			this.sources.add(source);
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(PREFIX::isAncestorOf)
					.map((name) -> new Key(source, name))
					.filter(Key::isOurs)
					.forEach(this.keys::add);
			}
		}
	}

	/**
	 * Return whether an environment may have a key. If not, nothing needs to be read or
	 * checked. A source that cannot list its keys may have one.
	 */
	static boolean mayExist(Environment environment) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.containsDescendantOf(PREFIX) != ConfigurationPropertyState.ABSENT) {
				return true;
			}
		}
		return false;
	}

	List<Key> all() {
		return this.keys;
	}

	/**
	 * Return the names of the clients as they are written. An item of a list is not a
	 * client.
	 */
	Set<String> clientNames() {
		return clients().keySet();
	}

	/**
	 * Return the first key of each client by its name as it is written.
	 */
	Map<String, Key> clients() {
		Map<String, Key> clients = new LinkedHashMap<>();
		for (Key key : this.keys) {
			if (key.isOfClient() && !isListItem(key)) {
				clients.putIfAbsent(key.clientName(), key);
			}
		}
		return clients;
	}

	/**
	 * Return whether a key is below an item of a list of clients. A client whose name is
	 * a number can be written with an index, too, but its source does not have an index
	 * for each smaller number.
	 */
	boolean isListItem(Key key) {
		if (!key.isOfClient() || !key.name().isNumericIndex(CLIENT_ELEMENTS - 1)
				|| this.keys.stream().anyMatch((other) -> other.isPlainSpellingOf(key))) {
			return false;
		}
		Set<String> indexes = new LinkedHashSet<>();
		for (Key other : this.keys) {
			if (other.source() == key.source() && other.isOfClient()
					&& other.name().isNumericIndex(CLIENT_ELEMENTS - 1)) {
				indexes.add(other.clientName());
			}
		}
		for (int i = 0; i < indexes.size(); i++) {
			if (!indexes.contains(String.valueOf(i))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Return the property that has the value of a key, or {@code null} if it is not set.
	 */
	@Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : this.sources) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	/**
	 * Return whether a key, or a key below it, is set.
	 */
	boolean isSet(ConfigurationPropertyName name) {
		return find(name) != null || position(name) < this.keys.size();
	}

	/**
	 * Return the position of a key or of the first key below it.
	 */
	int position(ConfigurationPropertyName name) {
		for (int i = 0; i < this.keys.size(); i++) {
			if (name.equals(this.keys.get(i).name()) || name.isAncestorOf(this.keys.get(i).name())) {
				return i;
			}
		}
		return this.keys.size();
	}

	/**
	 * Return the origin of the value of a key, or else that of the first key below it.
	 */
	@Nullable String origin(ConfigurationPropertyName name) {
		ConfigurationProperty property = find(name);
		if (property != null) {
			return origin(property.getOrigin());
		}
		int position = position(name);
		return (position < this.keys.size()) ? this.keys.get(position).origin() : null;
	}

	/**
	 * Format an origin. The name of a property can contain a secret if it is malformed,
	 * so that an origin without a place in a file is shown as the name of its source.
	 */
	static @Nullable String origin(@Nullable Origin origin) {
		if (!(origin instanceof PropertySourceOrigin propertySourceOrigin)) {
			return (origin != null) ? origin.toString() : null;
		}
		if (propertySourceOrigin.getOrigin() != null && KeyText.isKey(propertySourceOrigin.getPropertyName())) {
			return propertySourceOrigin.getOrigin().toString();
		}
		return "property source '" + propertySourceOrigin.getPropertySource().getName() + "'";
	}

	/**
	 * Key as it is written in a property source.
	 */
	record Key(ConfigurationPropertySource source, ConfigurationPropertyName name) {

		boolean isOfClient() {
			return this.name.getNumberOfElements() >= CLIENT_ELEMENTS && CLIENTS.isAncestorOf(this.name);
		}

		String clientName() {
			return element(CLIENT_ELEMENTS - 1);
		}

		String element(int index) {
			return this.name.getElement(index, Form.ORIGINAL);
		}

		/**
		 * Return the elements from an index on.
		 */
		List<String> elements(int from) {
			return IntStream.range(from, this.name.getNumberOfElements()).mapToObj(this::element).toList();
		}

		/**
		 * Return for each element from an index on whether it is an index of a list.
		 */
		List<Boolean> indexed(int from) {
			return IntStream.range(from, this.name.getNumberOfElements()).mapToObj(this.name::isNumericIndex).toList();
		}

		/**
		 * Return the key of the client, which ends with its name.
		 */
		ConfigurationPropertyName client() {
			return this.name.chop(CLIENT_ELEMENTS);
		}

		private boolean isPlainSpellingOf(Key other) {
			return isOfClient() && !this.name.isNumericIndex(CLIENT_ELEMENTS - 1)
					&& clientName().equals(other.clientName());
		}

		/**
		 * Return whether the key is an environment variable, whose name cannot have
		 * dashes.
		 */
		boolean isVariable() {
			return this.source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
		}

		/**
		 * Return whether the key belongs to this starter. An environment variable or a
		 * system property that is not known can belong to another program.
		 */
		private boolean isOurs() {
			boolean shared = isVariable()
					|| (this.source.getUnderlyingSource() instanceof PropertySource<?> propertySource
							&& propertySource.getName()
								.equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME));
			return !shared || CLIENTS.isAncestorOf(this.name) || DEFAULTS.isAncestorOf(this.name)
					|| (this.name.getNumberOfElements() == CLIENTS.getNumberOfElements()
							&& KnownKeys.GLOBAL.isKey(element(1)));
		}

		/**
		 * Return the origin of exactly this spelling.
		 */
		@Nullable String origin() {
			String text = KeyText.original(this.name);
			if (this.source.getUnderlyingSource() instanceof PropertySource<?> propertySource
					&& propertySource.containsProperty(text)) {
				return ConfiguredKeys.origin(PropertySourceOrigin.get(propertySource, text));
			}
			ConfigurationProperty property = this.source.getConfigurationProperty(this.name);
			return (property != null) ? ConfiguredKeys.origin(property.getOrigin()) : null;
		}

	}

}
