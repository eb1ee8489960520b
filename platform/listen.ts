import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

const drainLimitMs = 5000;
const idleCheckMs = 50;

export interface Listening {
  port: number;
  url: string;
  /** Takes no new connections, lets running requests end (5 s), then closes what is left. */
  close: () => Promise<void>;
}

/** Serves `app`. Port 0 takes a free one. Rejects with the port's name in the message when it is taken. */
export async function listen(app: RequestListener, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createServer(app);
  // Longer than the idle time of clients' pools, or a request could be sent on a connection that we just closed.
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 66_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${String(port)} (PORT) on ${host} is taken`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    port: taken,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(taken)}`,
    close: () =>
      new Promise<void>((resolve) => {
        const limit = setTimeout(() => server.closeAllConnections(), drainLimitMs);
        // A connection whose last request has just ended would be kept for the next one.
        const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs);
        server.close(() => {
          clearTimeout(limit);
          clearInterval(idle);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
