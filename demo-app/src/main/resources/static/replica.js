/** Shows whether this replica leads, and freezes or kills its process. Hidden unless the demo runs as a replica. */

import { request } from './http.js';
import * as words from './words.js';

const ROLES = {
	LEADER: 'OPEN',
	STANDBY: 'STANDBY',
	STOPPED: 'STOPPED',
	'NO ANSWER': 'EXHAUSTED'
};

const FORECASTS = {
	freeze: 'Stops the process for 10 s. If it leads, another replica leads as soon as its lease has ended.',
	kill: 'Ends the process without closing its connections, as kill -9 does. If it leads, another replica leads as soon as its lease has ended.'
};

export class Replica {

	#section = document.getElementById('replica');
	#forecast = document.getElementById('replica-forecast');
	#known = { role: 'NO ANSWER', text: '' };

	constructor(say) {
		for (const button of this.#section.querySelectorAll('[data-replica]')) {
			const what = button.dataset.replica;
			button.setAttribute('aria-description', FORECASTS[what]);
			button.addEventListener('click', () => this.#ask(what, say));
			for (const type of ['pointerenter', 'focus']) {
				button.addEventListener(type, () => words.show(this.#forecast, FORECASTS[what]));
			}
		}
	}

	show({ pid, notFreezable }) {
		this.#section.hidden = false;
		document.getElementById('server').hidden = true;
		this.#section.querySelector('[data-replica="freeze"]').disabled = Boolean(notFreezable);
		document.getElementById('replica-title').textContent = `This replica: port ${location.port}, process ${pid}`;
		words.show(this.#forecast, notFreezable ?? '');
	}

	/** Shows the state from Actuator. */
	tell(clients) {
		this.#known = describe(clients.filter(({ lease }) => lease));
	}

	/** @param lastSeen when the demo answered last, if it does not answer any more */
	draw(lastSeen) {
		if (this.#section.hidden) {
			return;
		}
		const { role, text } = lastSeen
			? { role: 'NO ANSWER', text: `since ${words.clock(lastSeen)}. Last known: ${this.#known.role}.` }
			: this.#known;
		const badge = document.getElementById('replica-role');
		badge.dataset.state = ROLES[role];
		words.show(badge, role);
		words.show(document.getElementById('replica-text'), text);
		document.title = `${role} ${location.port}`;
	}

	async #ask(what, say) {
		let outcome;
		try {
			outcome = (await (await request(`replica/${what}`, { method: 'POST' })).text()).trim();
		}
		catch (failure) {
			outcome = `${what} failed: ${failure.message}`;
		}
		words.show(this.#forecast, outcome);
		say(outcome);
	}

}

function describe(clients) {
	const held = clients.find(({ lease }) => lease.held);
	if (held) {
		return { role: 'LEADER', text: `since ${words.clock(Date.parse(held.lease.grantedAt))}.` };
	}
	const silent = clients.find(({ lease }) => lease.silentSince);
	if (silent) {
		return { role: 'STANDBY', text: `The database of the lock has not answered since ${words.clock(Date.parse(silent.lease.silentSince))}.` };
	}
	if (clients.every(({ state }) => state === 'STOPPED')) {
		return { role: 'STOPPED', text: 'This replica does not try to lead.' };
	}
	return { role: 'STANDBY', text: 'Another replica leads, or the lease of the last leader has not ended.' };
}
