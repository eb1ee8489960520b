import { randomInt } from 'node:crypto';
import { beforeAll, test } from 'vitest';
import { bootApp, type RunningApp } from '../support/app.js';
import { openShop, placeOrder, reaches, stockedProduct, type Shop } from '../support/shop.js';
import { fuzz, obtainSchemathesis } from './schemathesis.js';

/** `npm run fuzz` draws a seed and takes its time; `npm test` sends a few of the same requests each time. */
const isWhole = process.env['FUZZ'] === 'whole';
const seed = Number(process.env['FUZZ_SEED'] ?? (isWhole ? randomInt(1, 1_000_000) : 1));
const extent = isWhole
  ? { examples: 50, phases: ['examples', 'coverage', 'fuzzing'], onLine: (line: string) => console.log(line) }
  : { examples: 5, phases: ['examples', 'fuzzing'] };

let app: RunningApp;
let shop: Shop;
beforeAll(async () => {
  app = await bootApp({ name: 'fuzz' });
  shop = await openShop(app.gatewayUrl);
  return () => app.stop();
});

/** The customer first: what an admin sends may take away what others have. */
test.each(['alice', 'admin'] as const)(
  'nothing that can be made of the document is answered otherwise than it says: %s',
  async (who) => {
    const signal = AbortSignal.timeout(1_200_000);
    const folder = await obtainSchemathesis(signal);
    const { token = '' } = shop[who];
    await fuzz({ folder, gatewayUrl: app.gatewayUrl, accessToken: token, seed, signal, ...extent });
  },
  1_300_000,
);

test('and orders go on', async () => {
  const email = `carol-${Date.now()}@example.com`;
  const password = 'correct horse';
  await shop.anyone.post('/users', { email, name: 'Carol', password });
  const carol = await shop.anyone.logIn(email, password);
  const { body } = await placeOrder(carol, await stockedProduct(shop));
  await reaches(carol, body.id, 'COMPLETED');
});
