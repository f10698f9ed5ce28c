/** What one can break, and what is broken now. */

import * as words from './words.js';

export class Faults {

	#list = document.getElementById('faults');
	#now = document.getElementById('fault-now');
	#until;
	#name = 'normal';

	async load() {
		const { now, faults } = await (await fetch('faults.json')).json();
		this.#name = now.fault.toLowerCase();
		this.#until = now.until ? Date.parse(now.until) : undefined;
		this.#list.replaceChildren(...faults.map((fault) => this.#item(fault)));
	}

	#item({ name, forecast }) {
		const item = document.createElement('li');
		const button = document.createElement('button');
		button.type = 'button';
		button.dataset.fault = name;
		button.textContent = name;
		button.setAttribute('aria-describedby', `forecast-${name}`);
		button.addEventListener('click', () => this.#ask(name));
		const text = document.createElement('span');
		text.id = `forecast-${name}`;
		text.textContent = forecast;
		item.append(button, text);
		return item;
	}

	async #ask(name) {
		try {
			await fetch(`faults/${name}`, { method: 'POST' });
		}
		catch (failure) {
			this.#show(`${name} failed: ${failure.message}`);
		}
	}

	/** The server has told of a fault. */
	async changed() {
		const focused = document.activeElement?.dataset?.fault;
		await this.load();
		this.#list.querySelector(`[data-fault="${focused}"]`)?.focus();
	}

	draw(now) {
		const left = this.#until ? `, for ${Math.ceil(Math.max(this.#until - now, 0) / 1000)} s more` : '';
		this.#show(`The server is ${this.#name}${left}.`);
	}

	#show(text) {
		if (this.#now.textContent !== text) {
			this.#now.textContent = text;
		}
	}

}
