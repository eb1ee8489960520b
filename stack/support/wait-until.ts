// @ts-check

/**
 * Asks again and again until the answer is yes. What it asks must be the thing itself (a connection, a readiness page), never the clock.
 * @param {() => Promise<boolean> | boolean} holds a rejection counts as "not yet"
 * @param {{ within: number, every?: number, what: string, signal?: AbortSignal }} options within, every: milliseconds
 * @returns {Promise<void>} rejects when time is up, naming `what` and the last error seen
 */
export async function waitUntil(holds, { within, every = 100, what, signal }) {
  const end = Date.now() + within;
  let last = '';
  for (;;) {
    signal?.throwIfAborted();
    try {
      if (await holds()) return;
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() > end) throw new Error(`${what} was not ready within ${Math.round(within / 1000)} s${last}`);
    await pause(every, signal);
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} [signal] ends the pause early
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}
