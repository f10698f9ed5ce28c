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
	CONNECTING: { sign: '◌', name: 'connecting', color: 'connecting', words: 'is connecting' },
	/** Part of CONNECTING: the handshake is done, and the server has not acknowledged the login. */
	LOGGING_IN: { sign: '◍', name: 'logging in', color: 'logging-in', words: 'is logging in' },
	OPEN: { sign: '●', name: 'open', color: 'open', words: 'is open' },
	WAITING: { sign: '◔', name: 'waiting', color: 'waiting', words: 'waits for its next attempt' },
	STOPPED: { sign: '■', name: 'stopped', color: 'stopped', words: 'is stopped' },
	STANDBY: { sign: '◇', name: 'standby', color: 'standby', words: 'stands by' },
	EXHAUSTED: { sign: '✕', name: 'gave up', color: 'exhausted', words: 'gave up' }
};

/** Why a connection was lost without a known fault. */
export const LOSSES = {
	NO_ANSWER: 'no answer',
	CONNECTION_LOST: 'connection lost',
	WRITE_TIMEOUT: 'write timed out',
	CLOSED_BY_SERVER: 'closed by the server'
};

export function seconds(millis) {
	return `${(millis / 1000).toFixed(1)} s`;
}

/** Describes a time that can be long. */
export function duration(millis) {
	const total = Math.floor(millis / 1000);
	const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60) % 60];
	return millis < 60_000 ? seconds(millis) : hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${total % 60} s`;
}

export function roundTrip(millis) {
	return millis < 1000 ? `${millis.toFixed(1)} ms` : `${(millis / 1000).toFixed(2)} s`;
}

/** Formats a time of day in seconds. */
export function clock(millis) {
	return time(millis).split('.')[0];
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

/** Sets the text of an element, unless it is the same. */
export function show(element, text) {
	if (element.textContent !== String(text)) {
		element.textContent = text;
	}
}
