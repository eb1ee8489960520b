import type { Response } from 'express';

import { ProblemError, serviceUnavailable } from '../http/problem.js';

/** What a stream may cost. Times in milliseconds. */
export interface StreamLimits {
  perCaller: number;
  perProcess: number;
  /** A comment is sent so often, so that nothing in between takes the stream for dead. */
  keepAliveMs: number;
  /** How often it is asked whether its caller may still hear. */
  recheckMs: number;
  /** Whatever the token says. */
  longestMs: number;
}

export interface ServerSentEvent {
  id: number;
  data: unknown;
}

export interface StreamCaller {
  id: string;
  /** Asked before each event, and while there is none: the token may end, or the session that it is of. */
  mayHear: () => Promise<boolean>;
}

export interface EventStreams {
  /**
   * Answers with `events` as they come, until they end, the caller leaves or does not read, or the stream has lasted as
   * long as it may. Throws a Problem, before anything is sent, when too many streams are open.
   */
  send(
    res: Response,
    caller: StreamCaller,
    events: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>,
  ): Promise<void>;
  /** Streams now open. */
  count(): number;
  /** Ends all of them, and takes no more. */
  close(): void;
}

export const STREAM_LIMITS: StreamLimits = {
  perCaller: 20,
  perProcess: 1_000,
  keepAliveMs: 15_000,
  recheckMs: 5_000,
  longestMs: 15 * 60_000,
};

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // Nginx, as an ingress for instance, would hold events back.
  'x-accel-buffering': 'no',
};

/** How soon a browser whose stream broke off asks again. */
const RECONNECT = 'retry: 1000\n\n';

/** Server-sent events, as WHATWG's HTML standard has them in section 9.2. */
export function createEventStreams(limits: StreamLimits = STREAM_LIMITS): EventStreams {
  const open = new Map<AbortController, string>();
  let closed = false;

  const admit = (caller: string): void => {
    if (closed || open.size >= limits.perProcess)
      throw serviceUnavailable('service-unavailable', 'No more event streams can be opened here right now.');
    if ([...open.values()].filter((one) => one === caller).length >= limits.perCaller)
      throw new ProblemError({
        status: 429,
        code: 'too-many-requests',
        detail: `At most ${String(limits.perCaller)} event streams at a time.`,
        headers: { 'Retry-After': '5' },
      });
  };

  return {
    send: async (res, caller, events) => {
      admit(caller.id);
      if (res.req.method === 'HEAD') return void res.writeHead(200, HEADERS).end();
      const stream = new AbortController();
      open.set(stream, caller.id);
      const end = (): void => stream.abort();
      res.once('close', end);
      // Its caller left while the order was looked up.
      if (res.destroyed) end();
      const longest = setTimeout(end, limits.longestMs);
      const recheck = setInterval(
        () =>
          void caller.mayHear().then((may) => {
            if (!may) end();
          }),
        limits.recheckMs,
      );
      const keepAlive = setInterval(() => {
        // What nobody reads would pile up.
        if (res.writableNeedDrain) res.destroy();
        else res.write(': keep-alive\n\n');
      }, limits.keepAliveMs);
      try {
        res.writeHead(200, HEADERS).write(RECONNECT);
        for await (const { id, data } of events(stream.signal)) {
          if (stream.signal.aborted || !(await caller.mayHear())) break;
          res.write(`id: ${String(id)}\ndata: ${JSON.stringify(data)}\n\n`);
        }
        res.end();
      } finally {
        clearTimeout(longest);
        clearInterval(recheck);
        clearInterval(keepAlive);
        open.delete(stream);
      }
    },
    count: () => open.size,
    close: () => {
      closed = true;
      for (const stream of open.keys()) stream.abort();
    },
  };
}
