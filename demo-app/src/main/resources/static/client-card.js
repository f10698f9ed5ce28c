/** Card of one client: its state, its history and its controls. */

import * as actuator from './actuator.js';
import { RoundTrips, Timeline } from './charts.js';
import { History } from './history.js';
import * as words from './words.js';

export class ClientCard {

	#name;
	#group;
	#element;
	#history = new History();
	#timeline;
	#roundTrips;
	#attemptAt;
	#loaded = false;

	constructor({ client, url, group, pingTimeout, pongTimeout }, container) {
		this.#name = client;
		this.#group = group;
		this.#element = document.getElementById('client-template').content.firstElementChild.cloneNode(true);
		this.#element.dataset.client = client;
		container.append(this.#element);
		this.#show('name', client);
		this.#show('url', url);
		this.#show('key', `♥ after ${words.seconds(pingTimeout)}, dead after ${words.seconds(pingTimeout + pongTimeout)}`);
		this.#timeline = new Timeline(this.#find('timeline'), this.#history, { pingTimeout, pongTimeout });
		this.#roundTrips = new RoundTrips(this.#find('round-trips'), this.#history);
		for (const button of this.#element.querySelectorAll('[data-action]')) {
			button.setAttribute('aria-label', `${button.textContent} ${client}`);
			button.addEventListener('click', () => this.#act(button.dataset.action));
		}
		this.#element.setAttribute('aria-label', `Client ${client}`);
		this.#element.querySelector('.send .unseen').textContent = `Message to send by ${client}`;
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
		this.#timeline.remove();
		this.#roundTrips.remove();
		this.#element.remove();
	}

	enter(state, at) {
		this.#history.enter(state, at);
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

	/** Updates what changes with time. */
	draw(now) {
		const current = this.#history.current();
		if (current) {
			const { sign, words: state } = words.STATES[current.state];
			const badge = this.#find('state');
			badge.dataset.state = current.state;
			this.#show('state', `${sign} ${current.state}`);
			this.#show('since', `for ${words.seconds(Math.max(now - current.at, 0))}`);
			this.#find('timeline').setAttribute('aria-label', `The last minute of ${this.#name}, which ${state} now`);
		}
		this.#show('next', this.#attemptAt ? `in ${words.seconds(Math.max(this.#attemptAt - now, 0))}` : '–');
		const answer = this.#history.lastAnswer();
		if (answer) {
			this.#show('rtt', words.roundTrip(answer.roundTrip));
		}
		this.#find('round-trips').setAttribute('aria-label',
			`Round trips of ${this.#name}, the last ${answer ? words.roundTrip(answer.roundTrip) : 'none'}`);
		this.#timeline.draw(now);
		this.#roundTrips.draw(now);
	}

	/** Shows the state from Actuator. */
	tell({ repeat, lastClose, lastError }) {
		this.#show('repeat', repeat);
		this.#show('last-close', words.close(lastClose));
		this.#show('last-error', words.error(lastError));
	}

	/** Shows the meters of the client's group. */
	count(meters) {
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
	}

	async #act(action) {
		try {
			const { state } = await actuator.act(this.#name, action);
			this.#show('outcome', `${action}: now ${state}`);
		}
		catch (failure) {
			this.#show('outcome', `${action} failed: ${failure.message}`);
		}
	}

	async #send(input) {
		const text = input.value;
		try {
			const response = await fetch(`clients/${encodeURIComponent(this.#name)}/messages`, {
				method: 'POST',
				headers: { 'Content-Type': 'text/plain; charset=utf-8' },
				body: text
			});
			this.#show('outcome', `“${text}” ${await response.text()}`);
			if (response.ok && input.value === text) {
				input.value = '';
			}
		}
		catch (failure) {
			this.#show('outcome', `not sent: ${failure.message}`);
		}
	}

	#find(what) {
		return this.#element.querySelector(`[data-is="${what}"]`);
	}

	#show(what, text) {
		const element = this.#find(what);
		if (element.textContent !== String(text)) {
			element.textContent = text;
		}
	}

}
