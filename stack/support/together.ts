// @ts-check
import { setMaxListeners } from 'node:events';

/**
 * Runs tasks side by side. The first failure aborts the others; it rejects with that failure when all have ended.
 * @param {AbortSignal | undefined} signal
 * @param {((signal: AbortSignal) => Promise<unknown>)[]} tasks
 */
export async function together(signal, tasks) {
  const cancel = new AbortController();
  const either = signal ? AbortSignal.any([signal, cancel.signal]) : cancel.signal;
  // As many listen as there are processes; that is no leak.
  setMaxListeners(0, either);
  /** @type {unknown[]} */
  const failures = [];
  await Promise.all(
    tasks.map((task) =>
      task(either).catch((error) => {
        failures.push(error);
        cancel.abort(error);
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}
