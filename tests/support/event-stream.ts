import { waitFor } from './wait-for.js';

export interface HeardEvent<T> {
  id: string;
  data: T;
}

export interface EventReader<T> {
  status: number;
  headers: Headers;
  /** All that was heard so far. */
  heard: HeardEvent<T>[];
  /** Everything as it came. */
  text(): string;
  /** Waits until so many events were heard. */
  hears(count: number): Promise<HeardEvent<T>[]>;
  /** Resolves when the stream has ended by itself, rejects when it broke off. */
  ended: Promise<void>;
  leave(): void;
}

/** Reads server-sent events, as a caller with an access token does: browsers' EventSource can't send one. */
export async function readEventStream<T>(url: string, headers: Record<string, string>): Promise<EventReader<T>> {
  const leaving = new AbortController();
  const answer = await fetch(url, { headers, signal: leaving.signal });
  const heard: HeardEvent<T>[] = [];
  let text = '';
  let read = 0;

  const take = (): void => {
    for (let end = text.indexOf('\n\n', read); end >= 0; end = text.indexOf('\n\n', read)) {
      const fields = new Map(text.slice(read, end).split('\n').map(toField));
      const data = fields.get('data');
      if (data !== undefined) heard.push({ id: fields.get('id') ?? '', data: JSON.parse(data) as T });
      read = end + 2;
    }
  };
  const readAll = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      take();
    }
  };
  const ended = readAll();
  ended.catch(() => undefined);
  return {
    status: answer.status,
    headers: answer.headers,
    heard,
    text: () => text,
    hears: (count) => waitFor(`${String(count)} events of ${url}`, () => heard.length >= count && heard),
    ended,
    leave: () => leaving.abort(),
  };
}

function toField(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
