import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from './logger.js';
import { errorMessage } from './error-message.js';

export interface LoopSettings {
  /** For the log. */
  name: string;
  logger: Logger;
  /** Before the first new try after a failure; doubles with each. Default 250 ms. */
  firstPauseMs?: number;
  /** Default 5 s. */
  longestPauseMs?: number;
  /** How often a failure that lasts is told of. Default ten minutes. */
  toldAgainMs?: number;
}

export interface Loop {
  readonly stopping: AbortSignal;
  /** Resolves when the loop has to stop. */
  readonly stopRequested: Promise<void>;
  /** Ends early when the loop has to stop. */
  pause(ms: number): Promise<void>;
  /** Says that what was waited for is there. */
  works(): void;
}

export interface RunningLoop {
  /** Waits for what is under way, but no longer than two seconds: it has to be right when cut off anyway. */
  stop(): Promise<void>;
}

/**
 * How long to pause before the next look for work, by how much the last one found: `everyMs` after one that found some, and twice as
 * long after each in a row that found none, up to four times as long. So an idle process costs its database little.
 */
export function idlePauses(everyMs: number): (found: number) => number {
  let pauseMs = everyMs;
  return (found) => {
    pauseMs = found > 0 ? everyMs : Math.min(2 * pauseMs, 4 * everyMs);
    return pauseMs;
  };
}

const stopLimitMs = 2_000;

/**
 * Runs `run` again and again until stopped. A failure is followed by a growing pause, and told of when it begins and again
 * and again for as long as it lasts, but not at each try.
 */
export function startLoop(settings: LoopSettings, run: (loop: Loop) => Promise<void>): RunningLoop {
  const { name, logger, firstPauseMs = 250, longestPauseMs = 5_000, toldAgainMs = 600_000 } = settings;
  const stop = new AbortController();
  const stopRequested = new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve());
  });
  let failures = 0;
  let saidAt = 0;

  const loop: Loop = {
    stopping: stop.signal,
    stopRequested,
    pause: (ms) => sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined),
    works: () => {
      if (failures > 0) logger.info({ failures }, `${name} works again`);
      failures = 0;
    },
  };

  const isStopping = (): boolean => stop.signal.aborted;
  const repeat = async (): Promise<void> => {
    while (!isStopping()) {
      try {
        await run(loop);
      } catch (error) {
        if (isStopping()) return;
        failures += 1;
        const reason = errorMessage(error);
        const isNews = failures === 1 || Date.now() >= saidAt + toldAgainMs;
        if (isNews) saidAt = Date.now();
        logger[isNews ? 'warn' : 'debug']({ reason, failures }, `${name} waits to try again`);
        await loop.pause(Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs));
      }
    }
  };
  const done = repeat();

  return {
    stop: async () => {
      stop.abort();
      const limit = new AbortController();
      await Promise.race([done, sleep(stopLimitMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
      limit.abort();
    },
  };
}
