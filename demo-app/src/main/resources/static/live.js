/**
 * Receives server-sent events from a server that may restart. The browser reconnects automatically
 * after a broken connection, but not if the response is something other than events.
 */

const UNNUMBERED = ['hello', 'now'];

const TYPES = [...UNNUMBERED, 'client', 'removed', 'state', 'login', 'wait', 'received', 'heartbeat', 'answer', 'hook', 'fault'];

const RETRY_MILLIS = 1000;

/** The first event of a run has the number 0. */
const NONE = -1;

export class Live {

	#handlers;
	#run;
	#last = NONE;
	#source;
	#retry;

	/**
	 * @param handlers called by event type with the data and the time of an event. The handler hello
	 * also receives whether the server was restarted. Two additional handlers: lost is called when
	 * the connection is lost, and told is called with the time of every event except hello.
	 */
	constructor(handlers) {
		this.#handlers = handlers;
		this.#connect();
	}

	#connect() {
		this.#source = new EventSource('events');
		for (const type of TYPES) {
			this.#source.addEventListener(type, (message) => this.#on(type, JSON.parse(message.data), message.lastEventId));
		}
		this.#source.addEventListener('error', () => {
			this.#handlers.lost();
			if (this.#source.readyState === EventSource.CLOSED) {
				clearTimeout(this.#retry);
				this.#retry = setTimeout(() => this.#connect(), RETRY_MILLIS);
			}
		});
	}

	#on(type, event, id) {
		if (type === 'hello') {
			const restarted = this.#run !== undefined && this.#run !== event.data.run;
			this.#run = event.data.run;
			this.#last = restarted ? NONE : this.#last;
			this.#handlers.hello(event.data, event.at, restarted);
		}
		else if (UNNUMBERED.includes(type) || this.#isNews(id)) {
			this.#handlers.told(event.at);
			this.#handlers[type](event.data, event.at);
		}
	}

	/** A new EventSource receives again what the previous one already received. */
	#isNews(id) {
		const number = Number(id.split('/')[1]);
		const news = number > this.#last;
		this.#last = news ? number : this.#last;
		return news;
	}

}
