/** Brings what the server tells to where the page shows it. */

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

/** How far the clock of the server is ahead of this one. */
let ahead = 0;

function show(state, text) {
	link.dataset.link = state;
	link.textContent = text;
}

function add(client) {
	if (!cards.has(client.client)) {
		const card = new ClientCard(client, container);
		cards.set(client.client, card);
		log.addClient(client.client);
		quietly(card.load());
	}
}

function remove(name) {
	cards.get(name)?.remove();
	cards.delete(name);
}

/** What the actuator does not answer while the server is away is asked again. */
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

async function poll() {
	const [clients, meters] = await Promise.all([actuator.clients(), actuator.meters()]);
	for (const card of cards.values()) {
		if (clients[card.name]) {
			card.tell(clients[card.name]);
			card.count(meters.filter(({ tags }) => tags.client === card.group));
		}
	}
}

new Live({
	lost() {
		show('lost', 'The demo does not answer. Trying again…');
	},
	hello({ clients }, at, restarted) {
		ahead = at - Date.now();
		const names = new Set(clients.map(({ client }) => client));
		[...cards.keys()].filter((name) => restarted || !names.has(name)).forEach(remove);
		clients.forEach(add);
		show('live', restarted ? 'Live again: the demo was restarted' : link.dataset.link === 'lost' ? 'Live again' : 'Live');
		quietly(faults.load());
		quietly(poll());
	},
	now({ client, state }, at) {
		cards.get(client)?.enter(state, at);
	},
	client: add,
	removed({ client }) {
		remove(client);
	},
	state({ client, state }, at) {
		cards.get(client)?.enter(state, at);
		spoken.textContent = `${client} ${STATES[state].words}`;
		quietly(poll());
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
		spoken.textContent = `The server: ${line.text}`;
		quietly(faults.changed());
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
