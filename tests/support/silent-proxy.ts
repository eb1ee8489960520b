import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SilentProxy {
  host: string;
  port: number;
  /** From here on nothing of what is sent over the connections that there are arrives, and nobody is told: a cable is out. */
  swallow(): void;
  /** Connections so far. */
  count(): number;
  close(): Promise<void>;
}

/** Passes everything on to a server, until it swallows. Connections that are made after that pass again. */
export async function startSilentProxy(target: { host: string; port: number }): Promise<SilentProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let count = 0;
  const proxy = createServer((near) => {
    count += 1;
    const far = connect(target);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    near.pipe(far).pipe(near);
    for (const side of pair) {
      side.on('error', () => undefined);
      side.on('close', () => pairs.delete(pair));
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    swallow: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far).resume();
        far.unpipe(near).resume();
      }
    },
    count: () => count,
    close: async () => {
      for (const side of [...pairs].flat()) side.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
