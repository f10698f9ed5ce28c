// Moves the pointer over the whole chart, because the hearts move, and returns what it read.
const chart = document.querySelector('[data-client=echo] .chart');
const readout = document.querySelector('[data-client=echo] [data-is=readout]');
const { left, width } = chart.getBoundingClientRect();
return Array.from({ length: width }, (nothing, x) => {
	chart.dispatchEvent(new PointerEvent('pointermove', { clientX: left + x }));
	return readout.textContent;
});
