/** Shows the events as they arrive, latest last. */

import * as words from './words.js';

const KEPT = 500;

const KINDS = {
	OPEN: '●',
	MESSAGE: '↓',
	SENT: '↑',
	ERROR: '✕',
	CLOSE: '○',
	RECONNECT: '↻',
	EXHAUSTED: '✕',
	FAULT: '⚡'
};

const EACH_MESSAGE = '*';

export class HookLog {

	#log = document.getElementById('log');
	#body = document.getElementById('hooks');
	#pause = document.getElementById('pause');
	#client = document.getElementById('filter-client');
	#kind = document.getElementById('filter-kind');

	/** Latest last. */
	#lines = [];
	#paused = false;

	/** The rows that count the messages since the last other event, by client. */
	#counts = new Map();

	constructor() {
		Object.keys(KINDS).forEach((kind) => this.addKind(kind));
		this.addClient('server');
		this.#client.addEventListener('change', () => this.#showAll());
		this.#kind.addEventListener('change', () => this.#showAll());
		this.#pause.addEventListener('click', () => {
			this.#paused = !this.#paused;
			this.#pause.setAttribute('aria-pressed', this.#paused);
			if (!this.#paused) {
				this.#showAll();
			}
		});
	}

	addClient(name) {
		addOption(this.#client, name);
	}

	addKind(kind) {
		addOption(this.#kind, kind);
	}

	add({ client, kind, text }, at) {
		const line = { client, kind, text, at };
		this.#lines.push(line);
		if (this.#lines.length > 2 * KEPT) {
			this.#lines.splice(0, KEPT);
			this.#showAll();
		}
		else if (!this.#paused) {
			this.#following(() => this.#showLine(line));
		}
	}

	/** Keeps the latest line visible, unless the reader has scrolled up. */
	#following(change) {
		const log = this.#log;
		const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 8;
		change();
		if (atEnd) {
			log.scrollTop = log.scrollHeight;
		}
	}

	#showAll() {
		if (this.#paused) {
			return;
		}
		this.#body.replaceChildren();
		this.#counts.clear();
		this.#lines.forEach((line) => this.#showLine(line));
		this.#log.scrollTop = this.#log.scrollHeight;
	}

	#showLine(line) {
		const { client, kind } = line;
		const [wantedClient, wantedKind] = [this.#client.value, this.#kind.value];
		if ((wantedClient && wantedClient !== client) || (wantedKind && wantedKind !== EACH_MESSAGE && wantedKind !== kind)) {
			return;
		}
		if (kind !== 'MESSAGE' || wantedKind) {
			this.#counts.clear();
			this.#body.append(row(line));
			return;
		}
		let count = this.#counts.get(client);
		if (!count) {
			count = { row: row(line), messages: 0 };
			this.#counts.set(client, count);
			this.#body.append(count.row);
		}
		count.messages++;
		count.row.cells[0].textContent = words.clock(line.at);
		count.row.cells[3].textContent = count.messages === 1 ? '1 message' : `${count.messages} messages`;
	}

}

function addOption(select, value) {
	if (![...select.options].some((option) => option.value === value)) {
		select.add(new Option(value, value));
	}
}

function row({ client, kind, text, at }) {
	const row = document.createElement('tr');
	row.dataset.client = client;
	row.dataset.kind = kind;
	for (const value of [words.clock(at), client, `${KINDS[kind] ?? '◆'} ${kind}`, text]) {
		row.insertCell().textContent = value;
	}
	row.cells[0].title = words.time(at);
	return row;
}
