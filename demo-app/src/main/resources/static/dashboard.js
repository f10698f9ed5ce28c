/** Dispatches the server's events to the parts of the page. */

import * as actuator from './actuator.js';
import { ClientCard } from './client-card.js';
import { Faults } from './faults.js';
import { HookLog } from './hook-log.js';
import { Live } from './live.js';
import { STATES } from './words.js';

const POLL_MILLIS = 1000;

const calm = matchMedia('(prefers-reduced-motion: reduce)');

const container = document.getElementById('clients');
const link = document.getElementById('link');
const spoken = document.getElementById('spoken');

const cards = new Map();
const log = new HookLog();
const faults = new Faults();

/** How far the server's clock is ahead of the browser's clock. */
let ahead = 0;

/** Whether the current event is replayed from the history. */
let replaying = true;

function show(state, text) {
	if (link.textContent !== text) {
		link.dataset.link = state;
		link.textContent = text;
	}
}

function add(client) {
	if (!cards.has(client.client)) {
		const card = new ClientCard(client, container);
		cards.set(client.client, card);
		log.addClient(client.client);
	}
}

function remove(name) {
	cards.get(name)?.remove();
	cards.delete(name);
}

/** Ignores requests to Actuator that fail while the server is down; they are repeated later. */
async function quietly(work) {
	try {
		await work;
	}
	catch (failure) {
		if (link.dataset.link === 'live') {
			console.warn(failure);
		}
	}
}

let polling = false;

async function poll() {
	if (polling || link.dataset.link !== 'live') {
		return;
	}
	polling = true;
	try {
		const [clients, meters] = await Promise.all([actuator.clients(), actuator.meters()]);
		for (const card of cards.values()) {
			if (clients[card.name]) {
				await card.load();
				card.tell(clients[card.name]);
				card.count(meters.filter(({ tags }) => tags.client === card.group));
			}
		}
	}
	finally {
		polling = false;
	}
}

let unsaid = [];

/** Announces a change to screen readers, combined with other changes at about the same time. */
function say(text) {
	if (unsaid.length === 0) {
		setTimeout(() => {
			spoken.textContent = unsaid.join('. ');
			unsaid = [];
		}, 500);
	}
	unsaid.push(text);
}

new Live({
	/** A delayed event makes the server's clock seem late, never early. */
	told(at) {
		ahead = Math.max(ahead, at - Date.now());
	},
	lost() {
		show('lost', 'The demo does not answer. Trying again…');
	},
	hello({ clients }, at, restarted) {
		ahead = at - Date.now();
		replaying = true;
		const names = new Set(clients.map(({ client }) => client));
		[...cards.keys()].filter((name) => restarted || !names.has(name)).forEach(remove);
		clients.forEach(add);
		show('live', restarted ? 'Live again: the demo was restarted' : link.dataset.link === 'lost' ? 'Live again' : 'Live');
		quietly(faults.load());
		quietly(poll());
	},
	now({ client, state }, at) {
		replaying = false;
		cards.get(client)?.enter(state, at);
	},
	client: add,
	removed({ client }) {
		remove(client);
	},
	state({ client, state }, at) {
		cards.get(client)?.enter(state, at);
		if (!replaying) {
			say(`${client} ${STATES[state].words}`);
			quietly(poll());
		}
	},
	wait({ client, millis }, at) {
		cards.get(client)?.waitFor(millis, at);
	},
	received({ client }, at) {
		cards.get(client)?.receive(at);
	},
	heartbeat({ client }, at) {
		cards.get(client)?.beat(at);
	},
	answer({ client, roundTrip }, at) {
		cards.get(client)?.answer(roundTrip, at);
	},
	hook(line, at) {
		log.add(line, at);
	},
	fault(line, at) {
		log.add(line, at);
		if (!replaying) {
			say(`The server: ${line.text}`);
			quietly(faults.load());
		}
	}
});

let drawn = 0;

function draw(timestamp) {
	if (timestamp - drawn >= (calm.matches ? 1000 : 100)) {
		drawn = timestamp;
		const now = Date.now() + ahead;
		cards.forEach((card) => card.draw(now));
		faults.draw(now);
	}
	requestAnimationFrame(draw);
}

requestAnimationFrame(draw);

setInterval(() => quietly(poll()), POLL_MILLIS);
