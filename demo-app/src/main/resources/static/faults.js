/** Lists the available faults and the current fault. */

import * as words from './words.js';

export class Faults {

	#list = document.getElementById('faults');
	#now = document.getElementById('fault-now');
	#outcome = document.getElementById('fault-outcome');
	#until;
	#name = 'normal';

	async load() {
		const { now, faults } = await (await fetch('faults.json')).json();
		this.#name = now.fault;
		this.#until = now.until ? Date.parse(now.until) : undefined;
		for (const { name, forecast } of faults) {
			const text = document.getElementById(`forecast-${name}`) ?? this.#add(name);
			text.textContent = forecast;
		}
	}

	#add(name) {
		const item = document.createElement('li');
		const button = document.createElement('button');
		button.type = 'button';
		button.dataset.fault = name;
		button.textContent = name;
		button.setAttribute('aria-describedby', `forecast-${name}`);
		button.addEventListener('click', () => this.#ask(name));
		const text = document.createElement('span');
		text.id = `forecast-${name}`;
		item.append(button, text);
		this.#list.append(item);
		return text;
	}

	async #ask(name) {
		try {
			const response = await fetch(`faults/${name}`, { method: 'POST' });
			this.#outcome.textContent = response.ok ? `${name}: done, watch the clients` : `${name} failed: ${await response.text()}`;
		}
		catch (failure) {
			this.#outcome.textContent = `${name} failed: ${failure.message}`;
		}
	}

	draw(now) {
		const left = this.#until ? `, for ${Math.ceil(Math.max(this.#until - now, 0) / 1000)} s more` : '';
		const text = `The server is ${this.#name}${left}.`;
		if (this.#now.textContent !== text) {
			this.#now.textContent = text;
		}
	}

}
