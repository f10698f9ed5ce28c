/** The chart of a client, drawn with uPlot. */

import { LOSSES, STATES, roundTrip, seconds } from './words.js';

const { uPlot } = globalThis;

export const WINDOW_SECONDS = 40;

/** Height of the strip of states. */
const LANE = 16;

/** Height of a row of labels. There are three: what happened, noticed, open again. */
const ROW = 14;

const ROWS = 3;

const POINTER_PIXELS = 16;

function color(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function axis(options) {
	return {
		stroke: () => color('quiet'),
		grid: { show: false },
		ticks: { show: false },
		font: '12px system-ui, sans-serif',
		...options
	};
}

/**
 * Shows the silence, which grows until something is received, with the two deadlines as lines and
 * the states in a strip below. A heart marks each heartbeat. Vertical lines mark the faults, when
 * the client noticed them and when it was open again.
 */
export class Chart {

	#element;
	#readout;
	#plot;
	#resizes;
	#history;
	#now = 0;

	/** The time of the heartbeat that the reader has chosen. */
	#chosen;

	constructor(element, readout, history, { pingTimeout, pongTimeout }) {
		this.#element = element;
		this.#readout = readout;
		this.#history = history;
		const ping = pingTimeout / 1000;
		const dead = ping + pongTimeout / 1000;
		this.#plot = new uPlot({
			width: element.clientWidth || 300,
			height: element.clientHeight,
			legend: { show: false },
			cursor: { show: false },
			padding: [ROWS * ROW + 6, 18, LANE + 2, 0],
			scales: { x: { time: false }, y: { range: [0, dead * 1.15] } },
			axes: [
				axis({
					size: 22,
					values: (plot, splits) => splits.map((split) => {
						const ago = Math.round(plot.scales.x.max - split);
						return ago <= 0 ? 'now' : `−${ago} s`;
					}),
					splits: (plot) => Array.from({ length: WINDOW_SECONDS / 10 + 1 }, (nothing, i) => plot.scales.x.min + i * 10)
				}),
				axis({ size: 38, splits: () => [0, ping, dead], values: (plot, splits) => splits.map((value) => Number(value.toFixed(1))) })
			],
			series: [{}, { stroke: () => color('silence'), fill: () => `${color('silence')}22`, width: 2, points: { show: false } }],
			hooks: {
				drawClear: [(plot) => this.#drawOutages(plot)],
				draw: [
					(plot) => this.#drawLane(plot),
					(plot) => this.#drawDeadline(plot, ping, 'sends a heartbeat ♥', 'quiet'),
					(plot) => this.#drawDeadline(plot, dead, 'dead: reconnects', 'exhausted'),
					(plot) => this.#drawHeartbeats(plot),
					(plot) => this.#drawMarks(plot)
				]
			}
		}, [[], []], element);
		this.#resizes = new ResizeObserver(
			() => this.#plot.setSize({ width: element.clientWidth, height: element.clientHeight }));
		this.#resizes.observe(element);
		element.addEventListener('pointermove', (event) => this.#point(event.clientX));
		element.addEventListener('pointerdown', (event) => this.#point(event.clientX));
		element.addEventListener('pointerleave', () => this.#choose());
		element.addEventListener('focus', () => this.#choose(this.#heartbeats().at(-1)));
		element.addEventListener('blur', () => this.#choose());
		element.addEventListener('keydown', (event) => this.#step(event));
		this.#choose();
	}

	remove() {
		this.#resizes.disconnect();
		this.#plot.destroy();
	}

	draw(now) {
		this.#now = now;
		const [times, silences] = this.#history.silence(now - WINDOW_SECONDS * 1000, now);
		this.#plot.batch(() => {
			this.#plot.setData([times.map((time) => time / 1000), silences], false);
			this.#plot.setScale('x', { min: now / 1000 - WINDOW_SECONDS, max: now / 1000 });
		});
	}

	/** Describes what the vertical lines say. */
	words() {
		return this.#labels().reverse().map(({ text }) => text).join(', ');
	}

	#heartbeats() {
		return this.#history.heartbeats(this.#now - WINDOW_SECONDS * 1000);
	}

	#point(clientX) {
		const x = clientX - this.#plot.over.getBoundingClientRect().left;
		const distance = ({ at }) => Math.abs(this.#plot.valToPos(at / 1000, 'x') - x);
		const [nearest] = this.#heartbeats().sort((one, other) => distance(one) - distance(other));
		this.#choose(nearest && distance(nearest) < POINTER_PIXELS ? nearest : undefined);
	}

	#step(event) {
		const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		const heartbeats = this.#heartbeats();
		if (by && heartbeats.length > 0) {
			event.preventDefault();
			const i = heartbeats.findIndex(({ at }) => at === this.#chosen) + by;
			this.#choose(heartbeats[Math.min(Math.max(i, 0), heartbeats.length - 1)]);
		}
	}

	#choose(heartbeat) {
		this.#chosen = heartbeat?.at;
		const answer = heartbeat?.roundTrip === undefined ? '♡ has no answer' : `♥ answered in ${roundTrip(heartbeat.roundTrip)}`;
		this.#readout.textContent = heartbeat ? answer : 'Point at a ♥';
	}

	/** Draws without an effect on the context of later drawings. */
	static #paint(plot, paint) {
		const { ctx, bbox } = plot;
		ctx.save();
		ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
		ctx.textAlign = 'left';
		ctx.textBaseline = 'alphabetic';
		paint(ctx, bbox, devicePixelRatio);
		ctx.restore();
	}

	#drawLane(plot) {
		Chart.#paint(plot, (ctx, bbox, scale) => {
			const lane = LANE * scale;
			const top = ctx.canvas.height - lane;
			const from = this.#now - WINDOW_SECONDS * 1000;
			ctx.beginPath();
			ctx.rect(bbox.left, top, bbox.width, lane);
			ctx.clip();
			ctx.textBaseline = 'middle';
			for (const { state, begin, end } of this.#history.states(from, this.#now)) {
				const left = plot.valToPos(begin / 1000, 'x', true);
				const width = Math.max(plot.valToPos(end / 1000, 'x', true) - left, 2);
				ctx.fillStyle = color(STATES[state].color);
				ctx.fillRect(left, top, width - 1, lane);
				ctx.fillStyle = color('card');
				const { sign, name } = STATES[state];
				const visible = Math.max(left, bbox.left) + 4 * scale;
				const room = left + width - visible;
				const label = [`${sign} ${name}`, sign].find((text) => ctx.measureText(text).width < room);
				ctx.fillText(label ?? '', visible, top + lane / 2);
			}
		});
	}

	#drawDeadline(plot, at, label, name) {
		Chart.#paint(plot, (ctx, bbox, scale) => {
			const y = plot.valToPos(at, 'y', true);
			ctx.strokeStyle = ctx.fillStyle = color(name);
			ctx.setLineDash([4 * scale, 4 * scale]);
			line(ctx, bbox.left, y, bbox.left + bbox.width, y);
			ctx.fillText(label, bbox.left + 4 * scale, y - 3 * scale);
		});
	}

	#drawHeartbeats(plot) {
		Chart.#paint(plot, (ctx, bbox, scale) => {
			ctx.textAlign = 'center';
			for (const { at, roundTrip } of this.#heartbeats()) {
				ctx.fillStyle = color(roundTrip === undefined ? 'exhausted' : 'heart');
				ctx.font = `${(at === this.#chosen ? 20 : 13) * scale}px system-ui, sans-serif`;
				ctx.fillText(roundTrip === undefined ? '♡' : '♥', plot.valToPos(at / 1000, 'x', true), bbox.top + bbox.height - 3 * scale);
			}
		});
	}

	/** Returns the vertical lines with their labels, the latest first. */
	#labels() {
		const from = this.#now - WINDOW_SECONDS * 1000;
		const labels = this.#history.marks(from).map(({ at, name, fault }) => ({ at, row: 0, text: name, color: fault ? 'text' : 'standby' }));
		for (const { since, lost, cause, back } of this.#history.outages(from, this.#now)) {
			const noticed = since === undefined ? LOSSES[cause] : `noticed ${after(lost - since)}`;
			labels.push({ at: lost, row: 1, text: noticed, color: 'exhausted' });
			if (back !== undefined) {
				labels.push({ at: back, row: 2, text: `open again ${after(back - lost)}`, color: 'open' });
			}
		}
		return labels.filter(({ at }) => at >= from).sort((one, other) => other.at - one.at);
	}

	/** Labels cover the lines. A label that has no room beside a later one is left out. */
	#drawMarks(plot) {
		Chart.#paint(plot, (ctx, bbox, scale) => {
			ctx.font = `600 ${ctx.font}`;
			ctx.lineWidth = 1.5 * scale;
			const right = bbox.left + bbox.width + 18 * scale;
			const labels = [];
			for (const { at, row, text, color: name } of this.#labels()) {
				const x = plot.valToPos(at / 1000, 'x', true);
				const y = ROW * row * scale;
				const width = ctx.measureText(text).width + 8 * scale;
				const begin = x + width < right ? x + scale : x - width - scale;
				ctx.strokeStyle = color(name);
				line(ctx, x, y + 2 * scale, x, bbox.top + bbox.height);
				if (!labels.some((other) => other.row === row && begin < other.begin + other.width && other.begin < begin + width)) {
					labels.push({ row, text, name, begin, y, width });
				}
			}
			for (const { text, name, begin, y, width } of labels) {
				ctx.fillStyle = color('card');
				ctx.fillRect(begin, y, width, ROW * scale);
				ctx.fillStyle = color(name);
				ctx.fillText(text, begin + 4 * scale, y + (ROW - 3) * scale);
			}
		});
	}

	/** Colors the time in which the connection is dead and nobody knows, and the time until it is open again. */
	#drawOutages(plot) {
		Chart.#paint(plot, (ctx, bbox) => {
			ctx.beginPath();
			ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
			ctx.clip();
			const fill = (begin, end, name) => {
				const left = plot.valToPos(begin / 1000, 'x', true);
				ctx.fillStyle = `${color(name)}1c`;
				ctx.fillRect(left, bbox.top, plot.valToPos(end / 1000, 'x', true) - left, bbox.height);
			};
			for (const { since, lost, back } of this.#history.outages(this.#now - WINDOW_SECONDS * 1000, this.#now)) {
				fill(since ?? lost, lost, 'exhausted');
				fill(lost, back ?? this.#now, 'waiting');
			}
		});
	}

}

function after(millis) {
	return millis < 100 ? 'at once' : `after ${seconds(millis)}`;
}

function line(ctx, x1, y1, x2, y2) {
	ctx.beginPath();
	ctx.moveTo(x1, y1);
	ctx.lineTo(x2, y2);
	ctx.stroke();
}
