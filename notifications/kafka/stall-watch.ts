import type { Consumer } from 'kafkajs';

export interface StallWatch {
  /** Resolves, with what was seen, when nothing has moved for too long. */
  stalled: Promise<Error>;
  /** Says that a message is taken up or done. */
  moves(): void;
  stop(): void;
}

/**
 * kafkajs can stop to fetch without an error and without an end, its heartbeats going on, so that its partitions stay with it
 * (https://github.com/tulios/kafkajs/issues/659, https://github.com/tulios/kafkajs/issues/1384). A consumer that is well ends a
 * fetch several times a second from each broker, also where there is nothing to read, or is at work on a message.
 */
export function watchForStall(consumer: Consumer, stallMs: number): StallWatch {
  let movedAt = Date.now();
  /** By broker: since when an answer to its fetch is awaited. */
  const fetching = new Map<number, number>();
  const moves = (): void => void (movedAt = Date.now());
  const { FETCH_START, FETCH, START_BATCH_PROCESS, END_BATCH_PROCESS, GROUP_JOIN } = consumer.events;
  for (const event of [START_BATCH_PROCESS, END_BATCH_PROCESS] as const) consumer.on(event, moves);
  consumer.on(FETCH_START, ({ payload }) => void fetching.set(payload.nodeId, Date.now()));
  consumer.on(FETCH, ({ payload }) => {
    fetching.delete(payload.nodeId);
    moves();
  });
  consumer.on(GROUP_JOIN, () => {
    fetching.clear();
    moves();
  });

  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<Error>((resolve) => {
    timer = setInterval(() => {
      const forMs = Date.now() - Math.min(movedAt, ...fetching.values());
      if (forMs >= stallMs) resolve(new Error(`the consumer has stalled: nothing moved for ${forMs} ms`));
    }, stallMs / 4);
  });
  return { stalled, moves, stop: () => clearInterval(timer) };
}
