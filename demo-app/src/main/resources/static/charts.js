/** The two charts of a client, drawn with uPlot. */

import uPlot from './webjars/uplot/dist/uPlot.esm.js';
import { STATES } from './words.js';

const WINDOW_SECONDS = 60;

const LANE = 16;

function color(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function axis(options) {
	return {
		stroke: () => color('quiet'),
		grid: { stroke: () => color('line'), width: 1 },
		ticks: { show: false },
		font: '12px system-ui, sans-serif',
		...options
	};
}

/** Keeps a chart as wide as its element and its right edge at the current time. */
class Chart {

	#plot;
	#resizes;

	constructor(element, options) {
		this.#plot = new uPlot({
			width: element.clientWidth || 300,
			height: element.clientHeight,
			legend: { show: false },
			cursor: { show: false },
			...options
		}, [[], []], element);
		this.#resizes = new ResizeObserver(
			() => this.#plot.setSize({ width: element.clientWidth, height: element.clientHeight }));
		this.#resizes.observe(element);
	}

	remove() {
		this.#resizes.disconnect();
		this.#plot.destroy();
	}

	draw(now, ...data) {
		this.#plot.batch(() => {
			this.#plot.setData(data, false);
			this.#plot.setScale('x', { min: now / 1000 - WINDOW_SECONDS, max: now / 1000 });
		});
	}

	static xAxis() {
		return axis({
			size: 22,
			space: 60,
			values: (plot, splits) => splits.map((split) => {
				const ago = Math.round(plot.scales.x.max - split);
				return ago <= 0 ? 'now' : `−${ago} s`;
			}),
			splits: (plot) => Array.from({ length: WINDOW_SECONDS / 15 + 1 }, (nothing, i) => plot.scales.x.min + i * 15)
		});
	}

}

/**
 * Shows the silence, which grows until something is received, with the two deadlines as lines and
 * the states in a lane below. A heart marks each written heartbeat.
 */
export class Timeline {

	#chart;
	#history;
	#now;

	constructor(element, history, { pingTimeout, pongTimeout }) {
		this.#history = history;
		const ping = pingTimeout / 1000;
		const dead = ping + pongTimeout / 1000;
		this.#chart = new Chart(element, {
			padding: [14, 18, LANE + 2, 0],
			scales: { x: { time: false }, y: { range: [0, dead * 1.15] } },
			axes: [
				Chart.xAxis(),
				axis({ size: 46, splits: () => [0, ping, dead], values: (plot, splits) => splits.map((value) => value.toFixed(1)) })
			],
			series: [{}, { stroke: () => color('silence'), fill: () => `${color('silence')}22`, width: 2, points: { show: false } }],
			hooks: { draw: [(plot) => this.#drawLane(plot), (plot) => this.#drawDeadline(plot, ping, 'heartbeat', 'quiet'),
				(plot) => this.#drawDeadline(plot, dead, 'dead', 'exhausted'), (plot) => this.#drawHeartbeats(plot)] }
		});
	}

	remove() {
		this.#chart.remove();
	}

	draw(now) {
		this.#now = now;
		const [times, silences] = this.#history.silence(now - WINDOW_SECONDS * 1000, now);
		this.#chart.draw(now, times.map((time) => time / 1000), silences);
	}

	#drawLane(plot) {
		const { ctx, bbox } = plot;
		const lane = LANE * devicePixelRatio;
		const top = plot.ctx.canvas.height - lane;
		const from = this.#now - WINDOW_SECONDS * 1000;
		ctx.save();
		ctx.beginPath();
		ctx.rect(bbox.left, top, bbox.width, lane);
		ctx.clip();
		ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
		ctx.textAlign = 'left';
		ctx.textBaseline = 'middle';
		for (const { state, begin, end } of this.#history.states(from, this.#now)) {
			const left = plot.valToPos(begin / 1000, 'x', true);
			const width = Math.max(plot.valToPos(end / 1000, 'x', true) - left, 2);
			ctx.fillStyle = color(state.toLowerCase());
			ctx.fillRect(left, top, width - 1, lane);
			ctx.fillStyle = color('card');
			const label = `${STATES[state].sign} ${state}`;
			const visible = Math.max(left, bbox.left) + 4 * devicePixelRatio;
			const room = left + width - visible;
			ctx.fillText(ctx.measureText(label).width < room ? label : room > lane * .6 ? STATES[state].sign : '', visible, top + lane / 2);
		}
		ctx.restore();
	}

	#drawDeadline(plot, at, label, name) {
		const { ctx, bbox } = plot;
		const y = plot.valToPos(at, 'y', true);
		ctx.save();
		ctx.strokeStyle = ctx.fillStyle = color(name);
		ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
		ctx.beginPath();
		ctx.moveTo(bbox.left, y);
		ctx.lineTo(bbox.left + bbox.width, y);
		ctx.stroke();
		ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
		ctx.textAlign = 'left';
		ctx.textBaseline = 'alphabetic';
		ctx.fillText(label, bbox.left + 4, y - 3 * devicePixelRatio);
		ctx.restore();
	}

	#drawHeartbeats(plot) {
		const { ctx, bbox } = plot;
		ctx.save();
		ctx.fillStyle = color('exhausted');
		ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
		ctx.textAlign = 'center';
		ctx.textBaseline = 'alphabetic';
		for (const at of this.#history.heartbeats(this.#now - WINDOW_SECONDS * 1000)) {
			ctx.fillText('♥', plot.valToPos(at / 1000, 'x', true), bbox.top + bbox.height - 3 * devicePixelRatio);
		}
		ctx.restore();
	}

}

/** Shows a bar for each answered heartbeat. */
export class RoundTrips {

	#chart;
	#history;

	constructor(element, history) {
		this.#history = history;
		this.#chart = new Chart(element, {
			padding: [8, 18, 0, 0],
			scales: { x: { time: false }, y: { range: (plot, min, max) => [0, Math.max(max ?? 0, 1) * 1.2] } },
			axes: [Chart.xAxis(), axis({ size: 46, space: 24, values: (plot, splits) => splits.map((value) => value < 1000 ? `${value} ms` : `${value / 1000} s`), font: '11px system-ui, sans-serif' })],
			series: [{}, {
				stroke: () => color('accent'),
				fill: () => color('accent'),
				paths: uPlot.paths.bars({ size: [.6, 5, 5] }),
				points: { show: false }
			}]
		});
	}

	remove() {
		this.#chart.remove();
	}

	draw(now) {
		const answers = this.#history.answers(now - WINDOW_SECONDS * 1000);
		this.#chart.draw(now, answers.map(({ at }) => at / 1000), answers.map(({ roundTrip }) => roundTrip));
	}

}
