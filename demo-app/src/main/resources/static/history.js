/** Keeps the events of a client for the last minutes, as far as the charts show them. */

const KEPT_MILLIS = 120_000;

export class History {

	/** [{ at, state }], oldest first; one entry may be older than the retention period. */
	#states = [];
	#receipts = [];
	#heartbeats = [];
	#answers = [];

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
	enter(state, at) {
		const current = this.current();
		if (current && (current.state === state || at < current.at)) {
			return;
		}
		this.#states.push({ at, state });
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
		keep(this.#answers, { roundTrip, at }, at, (answer) => answer.at);
		this.receive(at);
	}

	current() {
		return this.#states.at(-1);
	}

	lastAnswer() {
		return this.#answers.at(-1);
	}

	heartbeats(from) {
		return this.#heartbeats.filter((at) => at >= from);
	}

	answers(from) {
		return this.#answers.filter(({ at }) => at >= from);
	}

	/** Returns the states with start and end: [{ state, begin, end }]. */
	states(from, to) {
		return this.#states.map(({ state, at }, i) => ({ state, begin: at, end: this.#states[i + 1]?.at ?? to }))
			.filter(({ end }) => end > from);
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
