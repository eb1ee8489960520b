import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { isFinal } from '../../../contracts/order-status.js';
import { ApiError, api, bodyOf, type Order } from './client.js';

/** The server says something each 15 s. A connection that says nothing for so long is gone, though nothing tells of it. */
const SILENT_MS = 35_000;

/** The order as it is, anew at each change; `isLost` while the stream of its changes is broken and opened again. */
export function useFollowedOrder(orderId: string) {
  const client = useQueryClient();
  const [isLost, setLost] = useState(false);
  const order = useQuery({
    queryKey: ['order', orderId],
    queryFn: () => bodyOf(api.GET('/orders/{id}', { params: { path: { id: orderId } } })),
    refetchInterval: ({ state }) => (state.data === undefined || isFinal(state.data.status) ? false : 3_000),
  });
  const status = order.data?.status;
  const isOnItsWay = status !== undefined && !isFinal(status);

  useEffect(() => {
    if (!isOnItsWay) return;
    const leaving = new AbortController();
    // A bell and no more: each event has the order as it was then, from the first on.
    const ring = () => void client.invalidateQueries({ queryKey: ['order', orderId] });
    void follow(orderId, leaving.signal, setLost, ring).finally(() => setLost(false));
    return () => leaving.abort();
  }, [client, orderId, isOnItsWay]);

  useEffect(() => {
    void client.invalidateQueries({ queryKey: ['order-parts', orderId] });
    void client.invalidateQueries({ queryKey: ['stock'] });
  }, [client, orderId, status]);

  return { order, isLost };
}

/** Until the order is final: a stream that breaks off, or has lasted as long as it may, is gone on with where it ended. */
async function follow(
  id: string,
  signal: AbortSignal,
  setLost: (isLost: boolean) => void,
  ring: () => void,
): Promise<void> {
  const hasLeft = (): boolean => signal.aborted;
  let last: string | undefined;
  let failures = 0;
  while (!hasLeft()) {
    const silence = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
    };
    heard();
    try {
      const stream: unknown = await bodyOf(
        api.GET('/orders/{id}/events', {
          params: { path: { id }, ...(last !== undefined && { header: { 'Last-Event-ID': last } }) },
          headers: { accept: 'text/event-stream' },
          parseAs: 'stream',
          signal: AbortSignal.any([signal, silence.signal]),
        }),
      );
      // 204: the last event was the final one.
      if (!(stream instanceof ReadableStream)) return;
      setLost(false);
      failures = 0;
      for await (const event of eventsOf(stream as ReadableStream<Uint8Array>, heard)) {
        last = event.id;
        ring();
        if (isFinal(event.order.status)) return;
      }
      // A service that stops ends each stream at once.
      await pause(1_000, signal);
    } catch (error) {
      if (hasLeft()) return;
      if (error instanceof ApiError && !error.isPassing) return;
      failures += 1;
      setLost(true);
      await pause(error instanceof ApiError ? error.waitMs(failures - 1) : 1_000, signal);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function* eventsOf(
  stream: ReadableStream<Uint8Array>,
  heard: () => void,
): AsyncGenerator<{ id: string; order: Order }> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    heard();
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
