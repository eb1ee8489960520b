/**
 * Turns the first Ctrl-C, SIGTERM or hang-up into an abort; further ones change nothing, so that everything is ended in order.
 * @returns its reason names the signal
 */
export function stopOnSignal(say: (text: string) => void): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (stopping.signal.aborted) return;
      say('  Stopping; what was started is ended in order.');
      stopping.abort(new Error(`stopped by ${name}`));
    });
  }
  // The terminal may be gone already; that must not keep us from ending what we started.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return stopping.signal;
}

/** @returns resolves when it is aborted, and keeps the process running until then */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const awake = setInterval(() => undefined, 60_000);
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(awake);
        resolve();
      },
      { once: true },
    );
  });
}

/**
 * Ends what was started, the last one first; one that can't be ended keeps none of the others running.
 * @returns whether all could be ended
 */
export async function endAll(ends: (() => unknown)[], say: (text: string) => void): Promise<boolean> {
  let all = true;
  for (const end of ends.reverse()) {
    try {
      await end();
    } catch (error) {
      say(`  ✗ ${error instanceof Error ? error.message : String(error)}`);
      all = false;
    }
  }
  return all;
}
