// The script that ours comes from, as a contestant: takes commands from the standard
// input and answers each with a line, like the contestants in Java.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { WebSocket } from 'ws';

globalThis.window = globalThis;
globalThis.WebSocket = WebSocket;
createRequire(import.meta.url)('websocket-heartbeat-js');

const [url, timeout, reconnect] = process.argv.slice(2);
let openedAt;
let noticedAt;
let openAt;
let whenOpen;
let whenOpenAgain;

function connect() {
	const client = new globalThis.WebsocketHeartbeatJs({
		url,
		pingTimeout: Number(timeout),
		pongTimeout: Number(timeout),
		reconnectTimeout: Number(reconnect)
	});
	const opened = new Promise((resolve) => whenOpen = resolve);
	const openedAgain = new Promise((resolve) => whenOpenAgain = resolve);
	client.onopen = () => {
		if (noticedAt) {
			openAt = process.hrtime.bigint();
			whenOpenAgain();
		}
		else {
			openedAt = process.hrtime.bigint();
			whenOpen();
		}
	};
	client.onclose = () => noticedAt ??= process.hrtime.bigint();
	return { opened, openedAgain };
}

let connection;
const commands = {
	connect: async () => {
		connection = connect();
		await connection.opened;
		return 'ok';
	},
	await: async () => {
		await connection.openedAgain;
		return `ok opened=${openedAt} noticed=${noticedAt} open=${openAt}`;
	}
};

const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => console.log(await commands[line.trim()]()));
lines.on('close', () => process.exit(0));
console.log('ok');
