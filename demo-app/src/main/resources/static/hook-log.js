/** Shows the hooks as they arrive, latest first. */

import * as words from './words.js';

const KEPT = 500;

const SHOWN = 200;

const KINDS = ['OPEN', 'MESSAGE', 'ERROR', 'CLOSE', 'RECONNECT', 'EXHAUSTED'];

export class HookLog {

	#body = document.getElementById('hooks');
	#pause = document.getElementById('pause');
	#clients = document.getElementById('filter-clients');
	#lines = [];

	/** The latest line at the time the log was paused. */
	#pausedAt;
	#hidden = new Set();

	constructor() {
		const kinds = document.getElementById('filter-kinds');
		KINDS.forEach((kind) => this.#filter(kinds, 'kind', kind));
		this.addClient('server');
		this.#pause.addEventListener('click', () => {
			this.#pausedAt = this.#pausedAt ? undefined : this.#lines[0] ?? {};
			this.#pause.setAttribute('aria-pressed', Boolean(this.#pausedAt));
			this.#showAll();
		});
	}

	addClient(name) {
		if (!this.#clients.querySelector(`[value="client ${name}"]`)) {
			this.#filter(this.#clients, 'client', name);
		}
	}

	add({ client, kind, text }, at) {
		const line = { client, kind, text, at };
		this.#lines.unshift(line);
		this.#lines.length = Math.min(this.#lines.length, KEPT);
		if (!this.#pausedAt && this.#isShown(line)) {
			this.#body.prepend(row(line));
			if (this.#body.rows.length > SHOWN) {
				this.#body.lastElementChild.remove();
			}
		}
	}

	#isShown({ client, kind }) {
		return !this.#hidden.has(`client ${client}`) && !this.#hidden.has(`kind ${kind}`);
	}

	#showAll() {
		const lines = this.#pausedAt ? this.#lines.slice(this.#lines.indexOf(this.#pausedAt)) : this.#lines;
		this.#body.replaceChildren(...lines.filter((line) => this.#isShown(line)).slice(0, SHOWN).map(row));
	}

	#filter(fieldset, what, value) {
		const box = document.createElement('input');
		box.type = 'checkbox';
		box.checked = true;
		box.value = `${what} ${value}`;
		box.addEventListener('change', () => {
			this.#hidden[box.checked ? 'delete' : 'add'](box.value);
			this.#showAll();
		});
		const label = document.createElement('label');
		label.append(box, ` ${value}`);
		fieldset.append(label);
	}

}

function row({ client, kind, text, at }) {
	const row = document.createElement('tr');
	row.dataset.client = client;
	row.dataset.kind = kind;
	for (const value of [words.time(at), client, kind, text]) {
		row.insertCell().textContent = value;
	}
	return row;
}
