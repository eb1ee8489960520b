import net from 'node:net';
import { errorMessage } from '../../platform/error-message.js';

/**
 * @param timeout milliseconds
 * @returns whether the page answers with a 2xx; rejects naming the status, or why nothing answered
 */
export async function answersOk(url: string, timeout: number = 5000): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status} ${body.slice(0, 300)}`);
  return true;
}

/**
 * @param error of a readiness page that was asked
 * @returns the names of what it says is missing
 */
export function missingIn(error: unknown): string[] {
  const missing = /"missing":\[(.*)/.exec(error instanceof Error ? error.message : '')?.[1] ?? '';
  return [...missing.matchAll(/"name":"([^"]+)"/g)].map(([, name = '']) => name);
}

const usualPorts: Record<string, number> = { 'redis:': 6379, 'smtp:': 25 };

/** @param talk what to send first, and what the answer must look like */
export function talksTcp(
  url: string,
  { say = '', expect, timeout = 5000 }: { say?: string; expect: RegExp; timeout?: number },
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port } = new URL(url);
    const socket = net.connect({ host: hostname, port: Number(port || usualPorts[protocol]) });
    let heard = '';
    socket.setTimeout(timeout, () => socket.destroy(new Error(`nothing said on port ${port}`)));
    socket.once('error', reject);
    socket.once('connect', () => say && socket.write(say));
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (!expect.test(heard)) return;
      socket.end();
      resolve(true);
    });
    socket.once('close', () => reject(new Error(`port ${port} closed`)));
  });
}

/**
 * Asks again and again until the answer is yes. What it asks must be the thing itself (a connection, a readiness page), never the clock.
 * @param holds a rejection counts as "not yet"
 * @param options within, every: milliseconds
 * @returns rejects when time is up, naming `what` and the last error seen
 */
export async function waitUntil(
  holds: () => Promise<boolean> | boolean,
  { within, every = 100, what, signal }: { within: number; every?: number; what: string; signal?: AbortSignal },
): Promise<void> {
  const end = Date.now() + within;
  let last = '';
  for (;;) {
    signal?.throwIfAborted();
    try {
      if (await holds()) return;
    } catch (error) {
      last = `: ${errorMessage(error)}`;
    }
    if (Date.now() > end) throw new Error(`${what} was not ready within ${Math.round(within / 1000)} s${last}`);
    await pause(every, signal);
  }
}

/** @param signal ends the pause early */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}
