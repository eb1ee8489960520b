import { setMaxListeners } from 'node:events';
import { createProgress, type Progress } from './terminal.js';
import { errorMessage } from '../../platform/error-message.js';

export interface Started {
  ends: (() => unknown)[];
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Runs what starts things. Whatever it puts into `ends` is called after it, the last one first, however it ends: by itself,
 * by an error, which is said, or by Ctrl-C, which aborts the signal. Sets the exit code unless it ended well.
 * @param options runsUntilStopped: Ctrl-C is how it ends well
 */
export async function startAndEnd(
  run: (started: Started) => Promise<unknown>,
  { runsUntilStopped = false }: { runsUntilStopped?: boolean } = {},
) {
  const progress = createProgress();
  const signal = stopOnSignal(progress.say);
  const ends: (() => unknown)[] = [];
  try {
    await run({ ends, progress, signal });
  } catch (error) {
    if (!signal.aborted) progress.say(`\n✗ ${errorMessage(error)}`);
    process.exitCode = 1;
  } finally {
    const allEnded = await endAll(ends, progress.say);
    progress.close();
    if (runsUntilStopped && signal.aborted && allEnded) {
      process.exitCode = 0;
      progress.say('  ✓ everything is ended');
    } else if (signal.aborted || !allEnded) process.exitCode = 1;
  }
}

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
      say(`  ✗ ${errorMessage(error)}`);
      all = false;
    }
  }
  return all;
}

/** Runs tasks side by side. The first failure aborts the others; it rejects with that failure when all have ended. */
export async function together(signal: AbortSignal | undefined, tasks: ((signal: AbortSignal) => Promise<unknown>)[]) {
  const cancel = new AbortController();
  const either = signal ? AbortSignal.any([signal, cancel.signal]) : cancel.signal;
  // As many listen as there are processes; that is no leak.
  setMaxListeners(0, either);
  const failures: unknown[] = [];
  await Promise.all(
    tasks.map((task) =>
      task(either).catch((error: unknown) => {
        failures.push(error);
        cancel.abort(error);
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}
