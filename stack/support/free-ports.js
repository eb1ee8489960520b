// @ts-check
import { randomInt } from 'node:crypto';
import net from 'node:net';

/**
 * Ports nobody listens on. They are taken from below the range the system itself gives to outgoing connections, so that one which is free now
 * is still free when a server that needs seconds to start binds it.
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  /** @type {Set<number>} */
  const found = new Set();
  while (found.size < count) {
    const port = randomInt(15_000, 32_000);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}

/**
 * @param {number} port
 * @returns {Promise<boolean>} whether 127.0.0.1 and all addresses can be bound
 */
export async function isFree(port) {
  return (await canBind(port, '127.0.0.1')) && (await canBind(port, undefined));
}

/** @param {number} port @param {string | undefined} host */
function canBind(port, host) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
