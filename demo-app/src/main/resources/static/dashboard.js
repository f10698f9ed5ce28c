/** Dispatches the server's events to the parts of the page. */

import * as actuator from './actuator.js';
import { ClientCard } from './client-card.js';
import { Faults } from './faults.js';
import { HookLog } from './hook-log.js';
import { Live } from './live.js';
import { Replica } from './replica.js';
import { STATES, clock, show } from './words.js';

const POLL_MILLIS = 1000;

/** Several polls. A process that is frozen keeps its connections open. */
const SILENT_MILLIS = 3000;

/** Names of the changes of the leader on the charts. */
const LEASE = { GRANTED: 'leads', LOST: 'leads no more' };

const calm = matchMedia('(prefers-reduced-motion: reduce)');

const container = document.getElementById('clients');
const link = document.getElementById('link');
const spoken = document.getElementById('spoken');

const cards = new Map();
const log = new HookLog();
const faults = new Faults();
const replica = new Replica(say);

/** How far the server's clock is ahead of the browser's clock. */
let ahead = 0;

/** Whether the current event is replayed from the history. */
let replaying = true;

/** When the demo gave its last sign of life, by the browser's clock. */
let seen;

/** Whether the connection for events is lost. */
let lost = false;

let liveText = 'Live';

/** Whether Actuator is missing, because it has a port of its own. */
let uncounted = false;

function add(client) {
	if (!cards.has(client.client)) {
		cards.set(client.client, new ClientCard(client, container, say));
		log.addClient(client.client);
	}
}

function remove(name) {
	cards.get(name)?.remove();
	cards.delete(name);
}

/** Ignores requests that fail while the demo does not answer; they are repeated later. */
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
	if (polling || lost) {
		return;
	}
	polling = true;
	try {
		await faults.load();
		seen = Date.now();
		const [clients, meters] = await count();
		replica.tell(Object.values(clients));
		for (const card of cards.values()) {
			if (clients[card.name]) {
				await card.load();
				card.tell(clients[card.name]);
				const others = [...cards.values()].filter((other) => other !== card && other.group === card.group);
				card.count(meters.filter(({ tags }) => tags.client === card.group), others.map(({ name }) => name));
			}
		}
	}
	finally {
		polling = false;
	}
}

async function count() {
	try {
		const answers = await Promise.all([actuator.clients(), actuator.meters()]);
		uncounted = false;
		return answers;
	}
	catch (failure) {
		uncounted = failure.status === 404;
		throw failure;
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
		seen = Date.now();
	},
	lost() {
		lost = true;
	},
	hello({ clients, replica: process }, at, restarted) {
		ahead = at - Date.now();
		seen = Date.now();
		liveText = restarted ? 'Live again after a restart' : lost ? 'Live again' : liveText;
		lost = false;
		replaying = true;
		const names = new Set(clients.map(({ client }) => client));
		[...cards.keys()].filter((name) => restarted || !names.has(name)).forEach(remove);
		if (restarted) {
			faults.forget();
		}
		clients.forEach(add);
		if (process) {
			replica.show(process);
			Object.keys(LEASE).forEach((kind) => log.addKind(kind));
		}
		quietly(poll());
	},
	now({ client, state }, at) {
		replaying = false;
		enter(client, state, at);
	},
	client: add,
	removed({ client }) {
		remove(client);
	},
	state({ client, state, cause }, at) {
		enter(client, state, at, cause);
		if (!replaying) {
			say(`${client} ${STATES[state].words}`);
			quietly(poll());
		}
	},
	login({ client }, at) {
		enter(client, 'LOGGING_IN', at);
		if (!replaying) {
			say(`${client} ${STATES.LOGGING_IN.words}`);
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
		if (LEASE[line.kind]) {
			cards.get(line.client)?.mark(LEASE[line.kind], at);
		}
	},
	fault({ name, text, forecast }, at) {
		log.add({ client: 'server', kind: 'FAULT', text: `${name}: ${text}` }, at);
		cards.forEach((card) => card.mark(name, at, true));
		faults.follow({ name, forecast }, at);
		if (!replaying) {
			say(`The server: ${text}`);
			quietly(faults.load());
		}
	}
});

function enter(client, state, at, cause) {
	cards.get(client)?.enter(state, at, cause);
	faults.enter(client, state, at);
}

/** Nothing moves while the demo does not answer. */
function drawAll() {
	if (seen === undefined) {
		return;
	}
	const silent = lost || Date.now() - seen > SILENT_MILLIS;
	const now = (silent ? seen : Date.now()) + ahead;
	document.body.dataset.link = link.dataset.link = silent ? 'lost' : 'live';
	show(link, silent ? `No answer since ${clock(seen)}` : uncounted ? 'Live, without Actuator' : liveText);
	cards.forEach((card) => card.draw(now, silent ? `last seen ${clock(seen)}` : undefined));
	faults.draw(now, silent);
	replica.draw(silent ? seen : undefined);
}

let drawn = 0;

function draw(timestamp) {
	if (timestamp - drawn >= (calm.matches ? 1000 : 100)) {
		drawn = timestamp;
		drawAll();
	}
	requestAnimationFrame(draw);
}

requestAnimationFrame(draw);

setInterval(() => quietly(poll()), POLL_MILLIS);
