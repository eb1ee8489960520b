import { setMaxListeners } from 'node:events';

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
