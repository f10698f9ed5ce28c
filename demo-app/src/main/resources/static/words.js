/** Formats numbers, times and the clients' codes for people. */

const CODES = {
	1000: 'normal',
	1001: 'going away',
	1002: 'protocol error',
	1003: 'unacceptable data',
	1005: 'no code',
	1006: 'no close frame',
	1007: 'malformed data',
	1008: 'policy violation',
	1009: 'message too large',
	1011: 'server error',
	1012: 'service restart',
	1013: 'try again later'
};

const INITIATORS = {
	CLIENT: 'this side ended it',
	SERVER: 'the server ended it',
	HEARTBEAT: 'a heartbeat was not answered',
	TRANSPORT: 'the connection was lost'
};

export const STATES = {
	CONNECTING: { sign: '◌', words: 'is connecting' },
	OPEN: { sign: '●', words: 'is open' },
	WAITING: { sign: '◔', words: 'waits for its next attempt' },
	STOPPED: { sign: '■', words: 'is stopped' },
	EXHAUSTED: { sign: '✕', words: 'gave up' }
};

export function seconds(millis) {
	return `${(millis / 1000).toFixed(1)} s`;
}

export function roundTrip(millis) {
	return millis < 1000 ? `${millis.toFixed(1)} ms` : `${(millis / 1000).toFixed(2)} s`;
}

export function time(millis) {
	const date = new Date(millis);
	const two = (value) => String(value).padStart(2, '0');
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Describes how a connection ended, from the data of Actuator. */
export function close(last) {
	if (!last) {
		return 'none';
	}
	const code = CODES[last.code] ? `${last.code} (${CODES[last.code]})` : last.code;
	return `${time(Date.parse(last.at))} with ${code}: ${INITIATORS[last.initiator]}`;
}

/** Describes an error, from the data of Actuator. */
export function error(last) {
	return last ? `${time(Date.parse(last.at))} ${last.kind.toLowerCase().replaceAll('_', ' ')}: ${last.message}` : 'none';
}
