/** Reads the current state and the meters of the clients from Actuator. */

import { json, request } from './http.js';

const SAMPLE = /^(heartbeat_client_\w+)\{([^}]*)\} (\S+)$/;

const TAG = /(\w+)="([^"]*)"/g;

export async function clients() {
	return (await json('actuator/heartbeat')).clients;
}

/** Returns the last transitions of a client, oldest first. */
export async function transitions(name) {
	return (await json(`actuator/heartbeat/${encodeURIComponent(name)}`)).transitions;
}

export async function act(name, action) {
	return json(`actuator/heartbeat/${encodeURIComponent(name)}`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ action })
	});
}

/** Returns all meters of the clients: [{ name, tags, value }]. */
export async function meters() {
	const text = await (await request('actuator/prometheus', { headers: { Accept: 'text/plain' } })).text();
	return text.split('\n')
		.map((line) => SAMPLE.exec(line))
		.filter((match) => match !== null)
		.map(([, name, tags, value]) => ({
			name,
			tags: Object.fromEntries([...tags.matchAll(TAG)].map(([, key, tag]) => [key, tag])),
			value: Number(value)
		}));
}
