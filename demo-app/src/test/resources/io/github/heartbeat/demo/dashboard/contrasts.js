// Returns the colors whose contrast with their background is too low.
const canvas = new OffscreenCanvas(1, 1).getContext('2d');

const luminance = (color) => {
	canvas.fillStyle = color;
	canvas.fillRect(0, 0, 1, 1);
	const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
		.map((value) => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4);
	return .2126 * r + .7152 * g + .0722 * b;
};

const contrast = (one, other) => {
	const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (lighter + .05) / (darker + .05);
};

const background = (element) => {
	const { backgroundColor } = getComputedStyle(element);
	return backgroundColor === 'rgba(0, 0, 0, 0)' ? background(element.parentElement) : backgroundColor;
};

const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const drawn = ['text', 'quiet', 'open', 'connecting', 'logging-in', 'waiting', 'standby', 'stopped', 'exhausted', 'heart']
	.map((name) => ({ what: name, is: contrast(variable('card'), variable(name)), least: 4.5 }));

const texts = [...document.querySelectorAll('h1, h2, h3, p, dt, dd, td, a, button, select, summary, .badge, .legend span')]
	.map((element) => ({ what: element.outerHTML, is: contrast(background(element), getComputedStyle(element).color), least: 4.5 }));

const borders = [...document.querySelectorAll('input, select, button')].map((element) => ({
	what: `border of ${element.outerHTML}`,
	is: contrast(background(element.parentElement), getComputedStyle(element).borderTopColor),
	least: 3
}));

return [...drawn, ...texts, ...borders].filter(({ is, least }) => is < least)
	.map(({ what, is }) => `${is.toFixed(2)} ${what.slice(0, 100)}`);
