import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Default 15 s. */
  timeoutMs?: number;
  /** Between two looks; default 25 ms. */
  intervalMs?: number;
}

/**
 * Looks until `probe` gives something true (neither undefined, null nor false), and returns that. A probe that throws
 * counts as "not yet". Fails with the description and what was seen last.
 */
export async function waitFor<T>(
  description: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 15_000, intervalMs = 25 }: WaitOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const seen = await probe();
      if (seen !== undefined && seen !== null && seen !== false) return seen as Exclude<T, undefined | null | false>;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) {
      const seen = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`waited ${String(timeoutMs)} ms for: ${description}; last seen: ${seen}`, {
        cause: last,
      });
    }
    await pause(intervalMs);
  }
}
