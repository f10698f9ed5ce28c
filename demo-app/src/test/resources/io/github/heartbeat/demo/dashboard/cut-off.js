// Returns what is outside the viewport although it must be inside, and what is cut off.
const inView = (element) => {
	const { top, left, bottom, right } = element.getBoundingClientRect();
	return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
};

const panel = document.querySelector('#server');
const charts = [...document.querySelectorAll('.chart')].slice(0, innerWidth < 500 ? 1 : 2);
const outside = [...panel.querySelectorAll('button, p'), ...charts].filter((element) => !inView(element));

const overflows = ({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1;
const cutOff = [...document.querySelectorAll('body *')]
	.filter((element) => !element.closest('.unseen, .skip, .log'))
	.filter((element) => element.getBoundingClientRect().right > innerWidth
		|| overflows(element) && getComputedStyle(element).display !== 'inline');

const narrow = [...document.querySelectorAll('select')].filter((select) => {
	const shown = select.offsetWidth;
	select.style.minWidth = 'max-content';
	return select.offsetWidth > shown;
});

const squeezed = [...document.querySelectorAll('#hooks td:last-child')]
	.filter((cell) => cell.offsetWidth < innerWidth / 2);

scrollTo(0, document.body.scrollHeight);
const gone = inView(panel) ? [] : [panel];
scrollTo(0, 0);

return [...outside, ...cutOff, ...narrow, ...squeezed, ...gone].map((element) => element.outerHTML.slice(0, 100));
