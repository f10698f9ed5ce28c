/** Starts faults, and shows their forecast, their effect and the state of the server. */

import { json, request } from './http.js';
import * as words from './words.js';

const STATUS = {
	normal: 'The server works normally',
	refuse: 'Refusing new connections',
	silent: 'Answering nothing',
	slow: 'Answering late'
};

const HINT = 'Press “freeze” and watch the charts.';

export class Faults {

	#buttons = document.getElementById('faults');
	#status = document.getElementById('fault-now');
	#line = document.getElementById('forecast');
	#forecasts = new Map();
	#now;

	/** The fault that the reader points at. */
	#shown;

	/** The effect of the last fault as far as it is known. */
	#effect;

	/** Why the last press had no effect, until the demo answers again. */
	#failure;
	#wasLost = false;
	#states = new Map();

	async load() {
		const { now, faults } = await json('faults.json');
		this.#now = { name: now.fault, until: now.until ? Date.parse(now.until) : undefined };
		for (const { name, forecast } of faults) {
			const text = this.#forecasts.get(name) ?? this.#add(name);
			text.textContent = forecast;
		}
	}

	#add(name) {
		const button = document.createElement('button');
		button.type = 'button';
		button.dataset.fault = name;
		button.textContent = name;
		button.setAttribute('aria-describedby', `forecast-${name}`);
		button.addEventListener('click', () => this.#begin(name));
		for (const [type, shown] of Object.entries({ pointerenter: name, focus: name, pointerleave: undefined, blur: undefined })) {
			button.addEventListener(type, () => {
				this.#shown = shown;
			});
		}
		const text = document.createElement('span');
		text.id = `forecast-${name}`;
		text.hidden = true;
		this.#buttons.append(button, text);
		this.#forecasts.set(name, text);
		return text;
	}

	async #begin(name) {
		this.#failure = undefined;
		this.#shown = undefined;
		try {
			await request(`faults/${name}`, { method: 'POST' });
		}
		catch (failure) {
			this.#failure = `${name} failed: ${failure.message}`;
		}
	}

	/** Follows the effect of a fault. Without a forecast the time of the last fault is up. */
	follow({ name, forecast }, at) {
		if (forecast) {
			this.#effect = { name, at, forecast, lost: new Map(), back: new Map() };
		}
		else if (this.#effect) {
			this.#effect.over = true;
		}
	}

	enter(client, state, at) {
		this.#states.set(client, state);
		const effect = this.#effect;
		if (!effect || at < effect.at) {
			return;
		}
		if (state === 'OPEN') {
			effect.back.set(client, at);
		}
		else if (!effect.lost.has(client)) {
			effect.lost.set(client, at);
		}
	}

	/** Forgets what belongs to a process that has ended. */
	forget() {
		this.#now = undefined;
		this.#effect = undefined;
		this.#failure = undefined;
		this.#states.clear();
	}

	draw(now, isLost) {
		if (this.#wasLost && !isLost) {
			this.#failure = undefined;
		}
		this.#wasLost = isLost;
		words.show(this.#status, isLost ? 'The server does not answer.' : this.#describe(now));
		const forecast = () => this.#forecasts.get(this.#shown)?.textContent ?? (this.#effect ? this.#follow(now) : HINT);
		words.show(this.#line, this.#failure ?? (isLost ? '' : forecast()));
	}

	#describe(now) {
		if (!this.#now) {
			return '';
		}
		const { name, until } = this.#now;
		return STATUS[name] + (until ? ` for ${wholeSeconds(until - now)} more.` : '.');
	}

	#follow(now) {
		const { name, at, forecast: { text, noticed, back, clients }, lost, back: again } = this.#effect;
		if (back === null) {
			return text;
		}
		const after = (times) => `after ${words.seconds(Math.max(...clients.map((client) => times.get(client))) - at)}`;
		const within = (millis) => `within ${wholeSeconds(at + millis - now)}`;
		const isOpen = clients.every((client) => this.#states.get(client) === 'OPEN');
		if (noticed === null) {
			return isOpen ? 'All clients are open.' : `${name}: all clients open ${within(back)}`;
		}
		const isNoticed = clients.every((client) => lost.has(client));
		const isBack = isNoticed && isOpen && (!this.#now?.until || this.#effect.over);
		return `${name}: noticed ${isNoticed ? after(lost) : within(noticed)}, back ${isBack ? after(again) : within(back)}`;
	}

}

function wholeSeconds(millis) {
	return `${Math.ceil(Math.max(millis, 0) / 1000)} s`;
}
