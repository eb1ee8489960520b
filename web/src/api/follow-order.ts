import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { isFinal } from '../../../contracts/order-status.js';
import { ApiError, api, bodyOf, type Order } from './client.js';

/** The order as it is, anew at each change; `isLost` while the stream of its changes is broken and opened again. */
export function useFollowedOrder(orderId: string) {
  const client = useQueryClient();
  const [isLost, setLost] = useState(false);
  const order = useQuery({
    queryKey: ['order', orderId],
    queryFn: () => bodyOf(api.GET('/orders/{id}', { params: { path: { id: orderId } } })),
  });
  const known = order.data !== undefined;

  useEffect(() => {
    if (!known) return;
    const leaving = new AbortController();
    void follow(orderId, leaving.signal, setLost, (changed) => {
      client.setQueryData(['order', orderId], changed);
      void client.invalidateQueries({ queryKey: ['order-parts', orderId] });
      void client.invalidateQueries({ queryKey: ['stock'] });
    });
    return () => leaving.abort();
  }, [client, orderId, known]);

  return { order, isLost };
}

/** Until the order is final: a stream that breaks off, or has lasted as long as it may, is gone on with where it ended. */
async function follow(
  id: string,
  signal: AbortSignal,
  setLost: (isLost: boolean) => void,
  tell: (order: Order) => void,
): Promise<void> {
  const hasLeft = (): boolean => signal.aborted;
  let last: string | undefined;
  let failures = 0;
  while (!hasLeft()) {
    try {
      const stream: unknown = await bodyOf(
        api.GET('/orders/{id}/events', {
          params: { path: { id }, ...(last !== undefined && { header: { 'Last-Event-ID': last } }) },
          headers: { accept: 'text/event-stream' },
          parseAs: 'stream',
          signal,
        }),
      );
      // 204: the last event was the final one.
      if (!(stream instanceof ReadableStream)) return;
      setLost(false);
      failures = 0;
      for await (const event of eventsOf(stream as ReadableStream<Uint8Array>)) {
        last = event.id;
        tell(event.order);
        if (isFinal(event.order.status)) return setLost(false);
      }
      // A service that stops ends each stream at once.
      await pause(1_000, signal);
    } catch (error) {
      if (hasLeft()) return;
      if (error instanceof ApiError && !error.isPassing) return;
      failures += 1;
      setLost(true);
      await pause(error instanceof ApiError ? error.waitMs(failures - 1) : 1_000, signal);
    }
  }
}

async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<{ id: string; order: Order }> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const data = fields.get('data');
      if (data !== undefined) yield { id: fields.get('id') ?? '', order: JSON.parse(data) as Order };
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
