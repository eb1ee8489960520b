import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface TcpProxy {
  /** Where it listens: put it in the place of the server's own. */
  port: number;
  /** The server's answers stay behind, on connections that are there and on new ones: what was sent it has, though. */
  hang(): void;
  /** Answers flow again, with those that stayed behind. */
  flow(): void;
  /** Answers flow on new connections; those that are there never hear anything again, nor that they are dead. */
  abandon(): void;
  /** Nobody listens, and all connections are cut. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Stands before a real server, to take it away in each of the ways in which a network does. */
export async function openTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const links = new Set<{ client: Socket; upstream: Socket; abandoned: boolean }>();
  let hanging = false;
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    const link = { client, upstream, abandoned: false };
    links.add(link);
    const end = () => {
      client.destroy();
      upstream.destroy();
      links.delete(link);
    };
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => client.write(data));
    if (hanging) upstream.pause();
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const down = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const { client, upstream } of links) {
      client.destroy();
      upstream.destroy();
    }
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    hang: () => {
      hanging = true;
      for (const { upstream } of links) upstream.pause();
    },
    flow: () => {
      hanging = false;
      for (const { upstream, abandoned } of links) if (!abandoned) upstream.resume();
    },
    abandon: () => {
      hanging = false;
      for (const link of links) {
        link.abandoned = true;
        link.upstream.pause();
      }
    },
    down,
    up: () => listen(port),
    close: async () => {
      if (server.listening) await down();
    },
  };
}
