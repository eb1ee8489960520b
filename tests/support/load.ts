import { setInterval as every } from 'node:timers/promises';

export interface Sent<T> {
  /** Counts from 0. */
  number: number;
  /** What came back, or the error that came instead. */
  answer: T | undefined;
  error: unknown;
}

export interface Load<T> {
  /** What has come back until now. */
  readonly sent: Sent<T>[];
  /** Sends no more; resolves when all has come back. */
  stop(): Promise<Sent<T>[]>;
}

/** Sends at a steady pace, but never has more than so many under way. */
export function startLoad<T>(
  { everyMs, atMost }: { everyMs: number; atMost: number },
  send: (number: number) => Promise<T>,
): Load<T> {
  const sent: Sent<T>[] = [];
  const begun: Promise<void>[] = [];
  const stopped = new AbortController();
  const one = async (number: number): Promise<void> => {
    try {
      sent.push({ number, answer: await send(number), error: undefined });
    } catch (error) {
      sent.push({ number, answer: undefined, error });
    }
  };
  const running = (async () => {
    for await (const _ of every(everyMs, undefined, { signal: stopped.signal })) {
      if (begun.length - sent.length < atMost) begun.push(one(begun.length));
    }
  })().catch(() => undefined);
  return {
    sent,
    stop: async () => {
      stopped.abort();
      await running;
      await Promise.all(begun);
      return sent;
    },
  };
}
