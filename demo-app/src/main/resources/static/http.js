/** Requests to the demo. A process that is frozen accepts requests and never answers. */

const TIMEOUT_MILLIS = 5000;

/** Returns a successful response. An answer that is not successful is an error with its text and status. */
export async function request(url, options) {
	const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MILLIS), ...options });
	if (!response.ok) {
		const text = (await response.text()).trim() || `${url} answered ${response.status}`;
		throw Object.assign(new Error(text), { status: response.status });
	}
	return response;
}

export async function json(url, options) {
	return (await request(url, options)).json();
}
