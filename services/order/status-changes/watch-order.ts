import type { Order } from '../../../contracts/http/orders.js';
import { isFinal } from '../../../contracts/order-status.js';
import type { StatusChange, StatusChangeReader, StatusListener } from './status-listener.js';

export interface Watched {
  /** As it was read just now. */
  order: Order;
  /** The number of the last change that the watcher knows; undefined: none. */
  seen: number | undefined;
  /** Aborted when nobody watches any more. */
  signal: AbortSignal;
}

/**
 * The order as it is, then each of its changes of status: none left out, none twice, in their order, up to the final
 * one. A watcher who knows some gets those that came later instead.
 */
export async function* watchOrder(
  { changes, listener }: { changes: StatusChangeReader; listener: StatusListener },
  { order, seen, signal }: Watched,
): AsyncGenerator<StatusChange, void> {
  const news = startNews(signal);
  // Before the first look, or what happens in between is missed.
  const stopListening = listener.listenFor(order.id, news.tell);
  try {
    const known = await changes.of(order);
    let last = known.at(-1) ?? { number: 0, order };
    if (seen === undefined || seen > last.number) yield isCurrent(order, last) ? { ...last, order } : last;
    else yield* known.filter(({ number }) => number > seen);

    while (!isFinal(last.order.status)) {
      await news.come();
      if (signal.aborted) return;
      const later = (await changes.of(order)).filter(({ number }) => number > last.number);
      yield* later;
      last = later.at(-1) ?? last;
    }
  } finally {
    stopListening();
  }
}

/** The row says more than its last change: whether it needs attention now. Unless it is older. */
const isCurrent = (order: Order, last: StatusChange): boolean => order.status === last.order.status;

function startNews(signal: AbortSignal): { tell: () => void; come: () => Promise<void> } {
  let there = false;
  let wake = (): void => undefined;
  const tell = (): void => {
    there = true;
    wake();
  };
  if (signal.aborted) tell();
  signal.addEventListener('abort', tell, { once: true });
  return {
    tell,
    come: async () => {
      if (!there) await new Promise<void>((resolve) => (wake = resolve));
      there = false;
    },
  };
}
