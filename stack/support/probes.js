// @ts-check
import net from 'node:net';

/**
 * @param {string} url
 * @param {number} [timeout] milliseconds
 * @returns {Promise<boolean>} whether the page answers with a 2xx; rejects naming the status, or why nothing answered
 */
export async function answersOk(url, timeout = 2000) {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status} ${body.slice(0, 300)}`);
  return true;
}

/**
 * @param {number} port on 127.0.0.1
 * @param {{ say?: string, expect: RegExp, timeout?: number }} talk what to send first, and what the answer must look like
 * @returns {Promise<boolean>}
 */
export function talksTcp(port, { say = '', expect, timeout = 2000 }) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: '127.0.0.1', port });
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
