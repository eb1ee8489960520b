import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { withLock } from './lock.js';

/** Who asked for a port has bound it by then, or never will. */
const handedOutForMs = 3 * 60_000;

const folder = path.join(os.tmpdir(), `holdfast-ports-${os.userInfo().uid}`);

/**
 * Ports nobody listens on. They are taken from below the range the system itself gives to outgoing connections, so that one which is free now
 * is still free when a server that needs seconds to start binds it; and none is given to two who ask on this machine at about the same time.
 */
export function freePorts(count: number): Promise<number[]> {
  return withLock(path.join(folder, 'lock'), {}, async () => {
    const handedOut = readHandedOut();
    const found: Set<number> = new Set();
    while (found.size < count) {
      const port = randomInt(15_000, 32_000);
      if (!handedOut.has(port) && !found.has(port) && (await isFree(port))) found.add(port);
    }
    for (const port of found) handedOut.set(port, Date.now());
    fs.writeFileSync(handedOutFile, JSON.stringify([...handedOut]));
    return [...found];
  });
}

const handedOutFile = path.join(folder, 'handed-out.json');

/** @returns when each port was handed out, of those that were not long ago */
function readHandedOut(): Map<number, number> {
  try {
    const all = JSON.parse(fs.readFileSync(handedOutFile, 'utf8')) as [number, number][];
    return new Map(all.filter(([, at]) => Date.now() - at < handedOutForMs));
  } catch {
    // None yet, or cut off by the death of who wrote it: the ports are looked at anyway.
    return new Map();
  }
}

/** @returns whether 127.0.0.1 and all addresses can be bound */
export async function isFree(port: number): Promise<boolean> {
  return (await canBind(port, '127.0.0.1')) && (await canBind(port, undefined));
}

function canBind(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
