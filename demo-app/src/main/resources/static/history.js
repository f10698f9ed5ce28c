/** Keeps the events of a client for the last minutes, as far as the chart shows them. */

const KEPT_MILLIS = 120_000;

/** Causes of a state change that mean a lost connection. */
const LOST = ['NO_ANSWER', 'CONNECTION_LOST', 'WRITE_TIMEOUT', 'CLOSED_BY_SERVER'];

/** Faults that act on the connections of one moment. The others last until another one begins. */
const MOMENTARY = ['drop', 'freeze'];

export class History {

	/** [{ at, state, cause }], oldest first; one entry may be older than the retention period. */
	#states = [];
	#receipts = [];

	#heartbeats = [];

	/** [{ sent, roundTrip }]: answers to heartbeats. */
	#answers = [];

	/** [{ at, name, fault }]: faults of the server and changes of the leader. */
	#marks = [];

	/** Adds the states from before the first live event, from the transitions that Actuator keeps. */
	startWith(transitions) {
		const first = this.#states[0]?.at ?? Infinity;
		const before = transitions.map(({ at, state }) => ({ at: Date.parse(at), state }))
			.filter(({ at }) => at < first);
		if (before.at(-1)?.state === this.#states[0]?.state) {
			before.pop();
		}
		this.#states.unshift(...before);
	}

	/** Adds a state, unless it was already added. */
	enter(state, at, cause) {
		const current = this.current();
		if (current && (current.state === state || at < current.at)) {
			return;
		}
		this.#states.push({ at, state, cause });
		while (this.#states.length > 1 && this.#states[1].at < at - KEPT_MILLIS) {
			this.#states.shift();
		}
	}

	receive(at) {
		keep(this.#receipts, at, at, (time) => time);
	}

	beat(at) {
		keep(this.#heartbeats, at, at, (time) => time);
	}

	answer(roundTrip, at) {
		keep(this.#answers, { sent: at - roundTrip, roundTrip }, at - roundTrip, ({ sent }) => sent);
		this.receive(at);
	}

	mark(name, at, fault = false) {
		keep(this.#marks, { at, name, fault }, at, (mark) => mark.at);
	}

	current() {
		return this.#states.at(-1);
	}

	/**
	 * Returns the heartbeats, with the round trip of those that were answered: [{ at, roundTrip }]. An
	 * answer can be reported before its heartbeat, so it belongs to the nearest one.
	 */
	heartbeats(from) {
		const heartbeats = this.#heartbeats.map((at) => ({ at, roundTrip: undefined }));
		for (const { sent, roundTrip } of this.#answers) {
			const distance = ({ at }) => Math.abs(at - sent);
			const [first, ...others] = heartbeats;
			const nearest = others.reduce((one, other) => distance(other) < distance(one) ? other : one, first);
			if (nearest) {
				nearest.roundTrip = roundTrip;
			}
		}
		return heartbeats.filter(({ at }) => at >= from);
	}

	lastRoundTrip() {
		return this.#answers.at(-1)?.roundTrip;
	}

	marks(from) {
		return this.#marks.filter(({ at }) => at >= from);
	}

	/** Returns the states with start and end: [{ state, cause, begin, end }]. */
	states(from, to) {
		return this.#states.map(({ state, cause, at }, i) => ({ state, cause, begin: at, end: this.#states[i + 1]?.at ?? to }))
			.filter(({ end }) => end > from);
	}

	/**
	 * Returns the losses of the connection: [{ since, lost, cause, back }]. It is known since when the
	 * connection was faulty if a fault of the server is the reason.
	 */
	outages(from, to) {
		const states = this.states(-Infinity, to);
		return states.map(({ cause, begin: lost }, i) => ({
			lost,
			cause,
			since: LOST.includes(cause) ? this.#faultySince(states[i - 1], lost) : undefined,
			back: states.slice(i).find(({ state }) => state === 'OPEN')?.begin
		})).filter(({ cause, lost, back }, i) => LOST.includes(cause) && states[i - 1]?.state === 'OPEN' && (back ?? lost) >= from);
	}

	#faultySince(open, lost) {
		let slow;
		for (const { at, name } of this.#marks.filter((mark) => mark.fault && mark.at <= lost).reverse()) {
			if (name === 'normal') {
				if (at <= open?.begin) {
					break;
				}
			}
			else if (name === 'slow') {
				slow ??= at;
			}
			else if (!MOMENTARY.includes(name) || at >= open?.begin) {
				return Math.max(at, open?.begin ?? at);
			}
		}
		return slow;
	}

	/**
	 * Returns the time since the last receipt while the connection is open: two arrays for a chart,
	 * with gaps between connections. Receipts before the first recorded one are unknown.
	 */
	silence(from, to) {
		const times = [];
		const silences = [];
		for (const { state, begin, end } of this.states(from, to)) {
			if (state !== 'OPEN') {
				continue;
			}
			let last = Math.max(begin, this.#receipts[0] ?? begin);
			const point = (time, silence) => {
				times.push(time);
				silences.push(silence === null ? null : silence / 1000);
			};
			point(last, 0);
			for (const receipt of this.#receipts.filter((at) => at > last && at < end)) {
				point(receipt, receipt - last);
				point(receipt, 0);
				last = receipt;
			}
			point(end, end - last);
			point(end, null);
		}
		return [times, silences];
	}

}

/** Events may arrive slightly out of order, because some are sent late. */
function keep(list, item, at, timeOf) {
	let i = list.length;
	while (i > 0 && timeOf(list[i - 1]) > at) {
		i--;
	}
	if (i === 0 || timeOf(list[i - 1]) !== at) {
		list.splice(i, 0, item);
	}
	while (timeOf(list[0]) < at - KEPT_MILLIS) {
		list.shift();
	}
}
