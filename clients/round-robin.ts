import { ROOT_CONTEXT, context } from '@opentelemetry/api';

const restMs = 5000;
/** Nobody waits for it, and whoever asks may be busy. */
const readyLimitMs = 5000;

export interface RoundRobin {
  /** All instances, the next one's turn first, those that failed last. */
  inTurn(): string[];
  /** It gets no turns until, some seconds later, it says that it is ready. */
  failed(url: string): void;
  worked(url: string): void;
  rests(url: string): boolean;
}

export interface RoundRobinSettings {
  /** Milliseconds. */
  now?: () => number;
  isReady?: (url: string) => Promise<boolean>;
}

/**
 * Instances of one service by turns. One that failed is asked whether it is ready before it gets a request again, so
 * that no caller has to wait for one that still hangs. When all have failed, all get turns.
 */
export function createRoundRobin(
  urls: string[],
  { now = Date.now, isReady = answersReady }: RoundRobinSettings = {},
): RoundRobin {
  const restingUntil = new Map<string, number>();
  let turn = 0;

  const worked = (url: string): void => void restingUntil.delete(url);
  const rests = (url: string): boolean => restingUntil.has(url);
  const failed = (url: string): void => void restingUntil.set(url, now() + restMs);
  const askWhetherReady = async (url: string): Promise<void> => {
    if (urls.length === 1) return;
    failed(url);
    if (await isReady(url).catch(() => false)) worked(url);
  };
  return {
    worked,
    failed,
    rests,
    inTurn: () => {
      const first = turn++ % urls.length;
      const ordered = [...urls.slice(first), ...urls.slice(0, first)];
      const resting = ordered.filter(rests);
      for (const url of resting) if ((restingUntil.get(url) ?? 0) <= now()) void askWhetherReady(url);
      return [...ordered.filter((url) => !rests(url)), ...resting];
    },
  };
}

/** Outside of any trace: it belongs to no request. */
async function answersReady(url: string): Promise<boolean> {
  const answer = await context.with(ROOT_CONTEXT, () =>
    fetch(`${url}/readyz`, { signal: AbortSignal.timeout(readyLimitMs) }),
  );
  await answer.body?.cancel();
  return answer.ok;
}
