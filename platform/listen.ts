import { createServer } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { answerToUnreadable } from './plain-problem.js';

const closeLimitMs = 5_000;
const usualDrainLimitMs = 15_000;
const checkMs = 50;
/** A body of 100 kB takes so long at 3 kB/s. */
const usualRequestLimitMs = 30_000;
const checkRequestsMs = 1_000;
const lingerMs = 1_000;

/** Our own clients keep a connection no longer than that without a request. */
export const CLIENT_REST_MS = 1_000;

/** Their clocks and ours, and what was sent in the last moment. */
const lastMomentMs = 500;

export interface Listening {
  port: number;
  url: string;
  /** Takes no new connections, lets running requests end (5 s), then closes what is left. */
  close: () => Promise<void>;
  /**
   * The same for a process that stops while it is in use: each answer from now on asks for its connection to be closed,
   * and what comes meanwhile is still answered, until clients hold none that they could use again. Nobody is cut off but
   * who takes longer than the limit.
   */
  drain: () => Promise<void>;
}

export interface ListenSettings {
  host: string;
  port: number;
  /** How long an answer may take that is owed when the process stops. */
  drainLimitMs?: number;
  /** How long clients keep a connection without a request; those of our own unless said. */
  clientRestMs?: number;
  /** How long a request may take to come, the last byte of its body included. */
  requestLimitMs?: number;
  /** The setting that moves the port. */
  setting?: string;
}

/** Serves `app`. Port 0 takes a free one. Rejects with the port's name in the message when it is taken. */
export async function listen(app: RequestListener, settings: ListenSettings): Promise<Listening> {
  const { host, port, drainLimitMs = usualDrainLimitMs, clientRestMs = CLIENT_REST_MS } = settings;
  const { requestLimitMs = usualRequestLimitMs, setting = 'PORT' } = settings;
  const owed = new Set<ServerResponse>();
  let draining = false;
  let lastAnswerAt = -Infinity;
  const limits = {
    requestTimeout: requestLimitMs,
    headersTimeout: requestLimitMs,
    connectionsCheckingInterval: Math.min(requestLimitMs, checkRequestsMs),
  };
  const server = createServer(limits, (req, res) => {
    owed.add(res);
    res.once('close', () => {
      owed.delete(res);
      lastAnswerAt = Date.now();
    });
    if (draining) takeLeave(res);
    app(req, res);
  });
  // Node.js would answer without a word.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const isAnswered = [...owed].some((res) => res.socket === socket && res.headersSent);
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswered) socket.destroy();
    else {
      socket.end(answerToUnreadable(error.code));
      // Time to read that; then whoever goes on sending is cut off.
      setTimeout(() => socket.destroy(), lingerMs).unref();
    }
  });
  // Longer than the idle time of clients' pools, or a request could be sent on a connection that we just closed.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${String(port)} (${setting}) on ${host} is taken`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;

  const close = (limitMs: number): Promise<void> =>
    new Promise((resolve) => {
      const limit = setTimeout(() => server.closeAllConnections(), limitMs);
      // A connection whose last request has just ended would be kept for the next one.
      const idle = setInterval(() => server.closeIdleConnections(), checkMs);
      server.close(() => {
        clearTimeout(limit);
        clearInterval(idle);
        resolve();
      });
      server.closeIdleConnections();
    });
  const connections = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));

  return {
    port: taken,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(taken)}`,
    close: () => close(closeLimitMs),
    drain: async () => {
      draining = true;
      owed.forEach(takeLeave);
      const leaveAt = (owed.size > 0 ? Date.now() : lastAnswerAt) + clientRestMs + lastMomentMs;
      while (Date.now() < leaveAt && (await connections()) > 0) await pause(checkMs);
      await close(drainLimitMs);
    },
  };
}

/** RFC 9112, section 9.6: the client sends nothing more on that connection. */
function takeLeave(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('Connection', 'close');
}
