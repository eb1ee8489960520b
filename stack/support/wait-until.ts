/**
 * Asks again and again until the answer is yes. What it asks must be the thing itself (a connection, a readiness page), never the clock.
 * @param holds a rejection counts as "not yet"
 * @param options within, every: milliseconds
 * @returns rejects when time is up, naming `what` and the last error seen
 */
export async function waitUntil(
  holds: () => Promise<boolean> | boolean,
  { within, every = 100, what, signal }: { within: number; every?: number; what: string; signal?: AbortSignal },
): Promise<void> {
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

/** @param signal ends the pause early */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
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
