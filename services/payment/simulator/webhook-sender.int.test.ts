import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../platform/logger.js';
import type { RunningLoop } from '../../../platform/loop.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { openPayments } from '../testing/open-payments.js';
import { createSimulatedEvents } from './provider-events.js';
import { createChallenges } from './challenges.js';
import { createSimulatedProvider } from './simulated-provider.js';
import { startWebhookSender } from './webhook-sender.js';

const [kid, key] = ['w1', 'the secret'];
const events = createSimulatedEvents({ [kid]: { secret: key } });
const logger = createLogger({ service: 'test', level: 'fatal' });

let payments: Awaited<ReturnType<typeof openPayments>>;
let url: string;
let answers: number[] = [];
const heard: { path: string | undefined; chargeKey: string | undefined; eventId: string }[] = [];
const senders: RunningLoop[] = [];

/** Whoever is told: what it hears, by the provider's rule. */
const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const event = events.readEvent({ headers: req.headers, body: Buffer.concat(chunks), now: new Date() });
    if (event.outcome !== 'event') return void res.writeHead(401).end();
    heard.push({ path: req.url, chargeKey: event.chargeKey, eventId: event.eventId });
    res.writeHead(answers.shift() ?? 200).end();
  });
});

beforeAll(async () => {
  payments = await openPayments();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.stop()));
  heard.length = 0;
  answers = [];
});
afterAll(async () => {
  server.close();
  await payments.close();
});

const send = (): void =>
  void senders.push(startWebhookSender({ ledger: payments.ledger, urls: [url], kid, key, logger, everyMs: 20 }));
const transfer = async (transferMs: number, method = 'bank_transfer') => {
  const charge = { idempotencyKey: randomUUID(), amount: 1, currency: 'KRW', method };
  await createSimulatedProvider(payments.ledger, { transferMs }).charge(charge);
  return charge.idempotencyKey;
};
const entryOf = (idempotencyKey: string) =>
  payments.ledger.ledgerEntry.findUniqueOrThrow({ where: { idempotencyKey } });
const isSettled = (idempotencyKey: string) =>
  waitFor('it to be taken', async () => (await entryOf(idempotencyKey)).tellAt === null);
const heardOf = (chargeKey: string) => heard.filter((one) => one.chargeKey === chargeKey);

describe("the simulated provider's webhooks", () => {
  it('tell of a transfer once its money has come, signed, by one of all processes', async () => {
    const [came, comes] = [await transfer(0), await transfer(3_600_000)];
    for (let count = 0; count < 3; count++) send();
    await isSettled(came);
    expect((await entryOf(came)).status).toBe('CHARGED');
    expect(heardOf(came)).toMatchObject([{ path: '/payments/webhooks/simulated' }]);
    expect(heardOf(comes)).toEqual([]);
    expect((await entryOf(comes)).status).toBe('TRIED');
  });

  it('come again, under the same id, until they are taken', async () => {
    answers = [503, 401];
    const key = await transfer(0);
    send();
    await isSettled(key);
    expect(heardOf(key)).toHaveLength(3);
    expect(new Set(heardOf(key).map(({ eventId }) => eventId)).size).toBe(1);
  });

  it.each([
    ['confirm', ':succeeded'],
    ['refuse', ':failed'],
  ] as const)('say so when a customer decides: %s', async (decision, ending) => {
    const key = await transfer(0, 'card_3ds');
    send();
    const { chargeId } = await entryOf(key);
    await createChallenges(payments.ledger).answer(chargeId, { decision });
    await isSettled(key);
    expect(heardOf(key).map(({ eventId }) => eventId)).toEqual([`${chargeId}${ending}`]);
  });

  it('say nothing of what was called off, decided at once, or is never paid', async () => {
    const calledOff = await transfer(0);
    await payments.ledger.ledgerEntry.update({
      where: { idempotencyKey: calledOff },
      data: { paidAt: new Date(Date.now() + 3_600_000) },
    });
    await payments.provider.refund({ idempotencyKey: calledOff });
    const [unpaid, card] = [await transfer(0, 'bank_transfer_unpaid'), await transfer(0, 'card_ok')];
    const after = await transfer(0);
    send();
    await isSettled(after);
    for (const key of [calledOff, unpaid, card]) expect(heardOf(key)).toEqual([]);
  });
});
