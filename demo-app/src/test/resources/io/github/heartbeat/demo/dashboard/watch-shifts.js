// Collects the elements that the browser reports to have moved by themselves.
window.shifts = [];
new PerformanceObserver((list) => list.getEntries()
	.flatMap(({ sources }) => sources)
	.forEach(({ node }) => window.shifts.push((node?.outerHTML ?? node?.textContent ?? 'unknown').slice(0, 200))))
	.observe({ type: 'layout-shift' });
