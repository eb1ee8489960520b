import { createProgress, type Progress } from './progress.js';
import { endAll, stopOnSignal } from './stopping.js';

/**
 * Runs what starts things. Whatever it puts into `ends` is called after it, the last one first, however it ends: by itself,
 * by an error, which is said, or by Ctrl-C, which aborts the signal. Sets the exit code unless it ended well.
 */
export async function startAndEnd(
  run: (started: { ends: (() => unknown)[]; progress: Progress; signal: AbortSignal }) => Promise<unknown>,
) {
  const progress = createProgress();
  const signal = stopOnSignal(progress.say);
  const ends: (() => unknown)[] = [];
  try {
    await run({ ends, progress, signal });
  } catch (error) {
    if (!signal.aborted) progress.say(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    const allEnded = await endAll(ends, progress.say);
    if (signal.aborted || !allEnded) process.exitCode = 1;
    progress.close();
  }
}
