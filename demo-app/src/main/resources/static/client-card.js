/** Card of one client: its state, its history and its controls. */

import * as actuator from './actuator.js';
import { Chart, WINDOW_SECONDS } from './charts.js';
import { History } from './history.js';
import { request } from './http.js';
import * as words from './words.js';

const QUOTED = 20;

export class ClientCard {

	#name;
	#group;
	#say;
	#element;
	#history = new History();
	#chart;
	#attemptAt;
	#loaded = false;

	/** @param say announces a text to screen readers */
	constructor({ client, url, group, pingTimeout, pongTimeout }, container, say) {
		this.#name = client;
		this.#group = group;
		this.#say = say;
		this.#element = document.getElementById('client-template').content.firstElementChild.cloneNode(true);
		this.#element.dataset.client = client;
		container.append(this.#element);
		this.#show('name', client);
		this.#show('name-again', client);
		this.#show('url', url);
		this.#chart = new Chart(this.#find('chart'), this.#find('readout'), this.#history, { pingTimeout, pongTimeout });
		for (const button of this.#element.querySelectorAll('[data-action]')) {
			button.setAttribute('aria-label', `${button.textContent} ${client}`);
			button.addEventListener('click', () => this.#act(button.dataset.action));
		}
		for (const link of this.#element.querySelectorAll('[data-link]')) {
			link.href = link.dataset.link + encodeURIComponent(client);
		}
		this.#element.setAttribute('aria-label', `Client ${client}`);
		this.#element.querySelector('.send input').setAttribute('aria-label', `Message to send by ${client}`);
		this.#element.querySelector('.send button').setAttribute('aria-label', `Send by ${client}`);
		this.#element.querySelector('.send').addEventListener('submit', (event) => {
			event.preventDefault();
			this.#send(event.target.elements.text);
		});
	}

	get name() {
		return this.#name;
	}

	get group() {
		return this.#group;
	}

	/** Loads the events from before the page connected, unless they are already loaded. */
	async load() {
		if (!this.#loaded) {
			this.#history.startWith(await actuator.transitions(this.#name));
			this.#loaded = true;
		}
	}

	remove() {
		this.#chart.remove();
		this.#element.remove();
	}

	enter(state, at, cause) {
		this.#history.enter(state, at, cause);
		if (state !== 'WAITING') {
			this.#attemptAt = undefined;
		}
	}

	waitFor(millis, at) {
		this.#attemptAt = at + millis;
	}

	receive(at) {
		this.#history.receive(at);
	}

	beat(at) {
		this.#history.beat(at);
	}

	answer(roundTrip, at) {
		this.#history.answer(roundTrip, at);
	}

	/** Marks an event on the chart. */
	mark(name, at, fault) {
		this.#history.mark(name, at, fault);
	}

	/** Updates what changes with time. The text replaces how long the state lasts, if there is one. */
	draw(now, text) {
		const current = this.#history.current();
		if (current) {
			const { sign, words: state } = words.STATES[current.state];
			const shown = current.state === 'LOGGING_IN' ? 'CONNECTING' : current.state;
			this.#find('state').dataset.state = shown;
			this.#show('state', `${sign} ${shown}`);
			this.#show('since', text ?? this.#since(current, now));
			this.#show('uptime', current.state === 'OPEN' ? words.duration(Math.max(now - current.at, 0)) : '–');
			this.#show('opened', current.state === 'OPEN' ? `since ${words.clock(current.at)}` : '');
			this.#enable('open', ['STOPPED', 'EXHAUSTED'].includes(current.state));
			this.#enable('close', current.state !== 'STOPPED');
			this.#enable('reconnect', current.state !== 'STOPPED');
			const marks = this.#chart.words();
			this.#find('chart').setAttribute('aria-label',
				`The last ${WINDOW_SECONDS} seconds of ${this.#name}, which ${state} now${marks && `: ${marks}`}`);
		}
		const roundTrip = this.#history.lastRoundTrip();
		this.#show('rtt', roundTrip === undefined ? '–' : words.roundTrip(roundTrip));
		this.#chart.draw(now);
	}

	#since({ state, at }, now) {
		if (state === 'WAITING' && this.#attemptAt) {
			return `next attempt in ${words.seconds(Math.max(this.#attemptAt - now, 0))}`;
		}
		return { LOGGING_IN: 'logging in', OPEN: '' }[state] ?? `since ${words.clock(at)}`;
	}

	/** Shows the state from Actuator. */
	tell({ repeat, subscriptions, lastClose, lastError }) {
		this.#show('repeat', repeat);
		this.#show('subscriptions', subscriptions);
		this.#show('last-close', words.close(lastClose));
		this.#show('last-error', words.error(lastError));
	}

	/** Shows the meters of the client's group, and with which clients it shares them. */
	count(meters, others) {
		const sum = (name, tags = {}) => meters
			.filter((meter) => meter.name === `heartbeat_client_${name}`
				&& Object.entries(tags).every(([key, value]) => meter.tags[key] === value))
			.reduce((total, { value }) => total + value, 0);
		this.#show('messages-in', sum('messages_total', { direction: 'in' }));
		this.#show('messages-out', sum('messages_total', { direction: 'out' }));
		this.#show('heartbeats', sum('pings_total'));
		this.#show('timeouts', sum('timeouts_total'));
		this.#show('reconnects', sum('reconnects_total'));
		this.#show('causes', meters.filter(({ name, value }) => name === 'heartbeat_client_reconnects_total' && value > 0)
			.map(({ tags, value }) => `${tags.cause} ${value}`)
			.join(', '));
		this.#find('shared').hidden = others.length === 0;
		this.#show('shared', `Reconnects, messages and heartbeats are those of the group “${this.#group}”: with ${others.join(', ')}.`);
	}

	async #act(action) {
		try {
			const { state } = await actuator.act(this.#name, action);
			this.#tellOutcome(`${action}: now ${state}`);
		}
		catch (failure) {
			this.#tellOutcome(`${action} failed: ${failure.message}`);
		}
	}

	async #send(input) {
		const text = input.value;
		const quoted = [...text].length > QUOTED ? `${[...text].slice(0, QUOTED).join('')}…` : text;
		try {
			await request(`clients/${encodeURIComponent(this.#name)}/messages`, {
				method: 'POST',
				headers: { 'Content-Type': 'text/plain; charset=utf-8' },
				body: text
			});
			this.#tellOutcome(`“${quoted}” sent`);
			if (input.value === text) {
				input.value = '';
			}
		}
		catch (failure) {
			this.#tellOutcome(`“${quoted}” ${failure.message}`);
		}
	}

	#tellOutcome(text) {
		this.#show('outcome', text);
		this.#say(`${this.#name}: ${text}`);
	}

	#enable(action, enabled) {
		this.#element.querySelector(`[data-action="${action}"]`).disabled = !enabled;
	}

	#find(what) {
		return this.#element.querySelector(`[data-is="${what}"]`);
	}

	#show(what, text) {
		words.show(this.#find(what), text);
	}

}
