import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.js';
import { allAvailable, applyOverlay, type Product } from '../support/product.js';

/** Says how a connection to an address ended. */
const CONNECT = `
const [host, port] = process.argv.slice(1);
const socket = require('node:net').connect({ host, port, timeout: 3000 });
const end = (how) => { console.log(how); process.exit(); };
socket.on('connect', () => end('connected')).on('timeout', () => end('refused')).on('error', (error) => end(
  ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(error.code) ? 'refused' : error.message));
`;

export function networkPolicies(running: () => Product): void {
  /** From a pod of one Deployment to a Service. */
  async function tries(from: string, host: string, port: number): Promise<string> {
    const command = ['--', 'node', '-e', CONNECT, host, `${port}`];
    const said = await running().kubectl.run('exec', `deployment/${from}`, '--container=holdfast', ...command);
    return said.trim();
  }

  const forbidden: [from: string, host: string, port: number][] = [
    ['gateway', 'postgres', 5432],
    ['gateway', 'kafka', 9092],
    ['user-service', 'payment-service', 8085],
    ['notification-service', 'order-service', 8082],
  ];

  it.each(forbidden)('%s may not connect to %s:%i', async (from, host, port) => {
    expect(await tries(from, host, port)).toBe('refused');
  });

  it.each<[from: string, host: string, port: number]>([
    ['gateway', 'order-service', 8082],
    ['user-service', 'postgres', 5432],
    ['order-worker', 'temporal', 7233],
  ])('%s may connect to %s:%i', async (from, host, port) => {
    expect(await tries(from, host, port)).toBe('connected');
  });

  describe('taken out', () => {
    beforeAll(() => running().kubectl.run('delete', 'networkpolicy', '--all'));
    afterAll(async () => {
      await applyOverlay(running().kubectl);
      await allAvailable(running().kubectl);
      await waitFor(
        'the policies to hold again',
        async () => (await tries('gateway', 'postgres', 5432)) === 'refused',
        {
          timeoutMs: 60_000,
        },
      );
    });

    it.each(forbidden)('%s would connect to %s:%i, and the test above would tell', async (from, host, port) => {
      await waitFor('a connection', async () => (await tries(from, host, port)) === 'connected', { timeoutMs: 60_000 });
    });
  });
}
