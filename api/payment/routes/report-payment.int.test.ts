import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../platform/logger.js';
import { signMessage } from '../../../platform/signed-message.js';
import { createEventInbox } from '../../../services/payment/event-inbox.js';
import { createPaymentReader } from '../../../services/payment/payment-reader.js';
import { createSimulatedEvents, webhookHeaders } from '../../../services/payment/simulator/provider-events.js';
import { createStripeEvents } from '../../../services/payment/stripe/stripe-events.js';
import { openPayments } from '../../../services/payment/testing/open-payments.js';
import { startTokenIssuer, type TokenIssuer } from '../../../tests/support/token-issuer.js';
import { createAuthenticator } from '../../http/auth.js';
import { createPaymentApp, type PaymentContext } from '../service.js';

const keys = { w1: { secret: 'the secret of before' }, w2: { secret: 'the secret of now' } };
const now = { kid: 'w2', key: keys.w2.secret };

let payments: Awaited<ReturnType<typeof openPayments>>;
let tokens: TokenIssuer;
let context: PaymentContext;
const lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  payments = await openPayments();
  tokens = await startTokenIssuer();
  context = {
    logger: createLogger(
      { service: 'payment-service', level: 'info' },
      { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    ),
    payments: createPaymentReader(payments.prisma),
    events: createSimulatedEvents(keys),
    inbox: createEventInbox(payments.prisma),
    simulator: undefined,
    auth: createAuthenticator(tokens.authSettings),
    readiness: {},
  };
});
afterAll(async () => {
  await tokens.close();
  await payments.close();
});

interface Sent {
  provider?: string;
  headers?: Record<string, string>;
  with?: Partial<PaymentContext>;
}

const send = (
  body: string,
  { provider = 'simulated', headers = webhookHeaders(body, now), with: changes }: Sent = {},
) =>
  request(createPaymentApp({ ...context, ...changes }))
    .post(`/payments/webhooks/${provider}`)
    .set({ 'content-type': 'application/json', ...headers })
    .send(body);

const newEvent = (changes: object = {}) => {
  const event = { id: randomUUID(), type: 'charge.succeeded', chargeKey: `ord_${randomUUID()}`, ...changes };
  return { ...event, body: JSON.stringify(event) };
};
const kept = (eventId: string) => payments.prisma.providerEvent.findMany({ where: { eventId } });
const count = () => payments.prisma.providerEvent.count();

describe('POST /payments/webhooks/{provider}', () => {
  it('is answered once it is written down as it came, and waits for the Saga to be told', async () => {
    const { id, chargeKey } = newEvent();
    const body = `{ "id": "${id}",\n "chargeKey": "${chargeKey}", "type": "charge.failed", "more": [1] }`;
    const answer = await send(body);
    expect([answer.status, answer.text]).toEqual([200, '']);
    const row = {
      provider: 'simulated',
      type: 'charge.failed',
      chargeKey,
      payload: body,
      state: 'WAITING',
      attempts: 0,
    };
    expect(await kept(id)).toMatchObject([row]);
  });

  it('is written once, however often it comes, also at once; what was told stays told', async () => {
    const { id, body } = newEvent();
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(body)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await payments.prisma.providerEvent.updateMany({ where: { eventId: id }, data: { state: 'TOLD' } });
    expect((await send(body)).status).toBe(200);
    expect(await kept(id)).toMatchObject([{ state: 'TOLD' }]);
  });

  it('is not answered with 200 where it is not written', async () => {
    const { id, body } = newEvent();
    const receive = () => Promise.reject(new Error('no database'));
    expect((await send(body, { with: { inbox: { receive } } })).status).toBe(500);
    expect((await send(body)).status).toBe(200);
    expect(await kept(id)).toHaveLength(1);
  });

  it('may be signed by any of the keys, so that one can be changed', async () => {
    const { body } = newEvent();
    expect((await send(body, { headers: webhookHeaders(body, { kid: 'w1', key: keys.w1.secret }) })).status).toBe(200);
  });

  const signed = (changes: Partial<Parameters<typeof signMessage>[0]>) => (body: string) =>
    signMessage({ body, ...now, at: new Date(), ...changes });
  it.each([
    ['none', () => ''],
    ['one of a key that we do not know', signed({ kid: 'w9' })],
    ['one made with another secret', signed({ key: 'another' })],
    ['one of another body', signed({ body: '{}' })],
    ['one of six minutes ago', signed({ at: new Date(Date.now() - 360_000) })],
    ['one of six minutes ahead', signed({ at: new Date(Date.now() + 360_000) })],
  ])('refuses a signature, and keeps nothing: %s', async (_what, sign) => {
    const { id, body } = newEvent();
    lines.length = 0;
    const answer = await send(body, { headers: { 'x-provider-signature': sign(body) } });
    expect([answer.status, answer.type]).toEqual([401, 'application/problem+json']);
    expect(answer.get('www-authenticate')).toMatch(/^X-Provider-Signature/);
    expect(lines.filter(({ audit }) => audit === 'authn_signature_fail')).toMatchObject([{ outcome: 'bad-signature' }]);
    expect(await kept(id)).toEqual([]);
  });

  it('is 404 of a provider that is not in use, whoever has signed it', async () => {
    const before = await count();
    const { body } = newEvent();
    for (const provider of ['another', 'Simulated', 'toString'])
      expect((await send(body, { provider })).status).toBe(404);
    expect((await send(body, { with: { events: undefined } })).status).toBe(404);
    expect(await count()).toBe(before);
  });

  it.each([
    ['is over 100 kB', newEvent({ more: 'x'.repeat(101 * 1024) }).body, 413],
    ['is no JSON', '{"id":', 400],
    ['has no id', newEvent({ id: undefined }).body, 400],
    ['has an id that no database could keep', newEvent({ id: 'evt\0' }).body, 400],
    ['is a list', '[]', 400],
  ])('refuses a body that %s', async (_what, body, status) => {
    const before = await count();
    const answer = await send(body);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json']);
    expect(await count()).toBe(before);
  });

  describe("of Stripe's", () => {
    const secret = 'whsec_ofATest';
    const sendStripes = (metadata: object, signature?: string) => {
      const body = JSON.stringify({ id: `evt_${randomUUID()}`, type: 'x', data: { object: { id: 'pi_1', metadata } } });
      const signed = Stripe.webhooks.generateTestHeaderString({ payload: body, secret });
      const headers = { 'stripe-signature': signature ?? signed };
      return send(body, { provider: 'stripe', headers, with: { events: createStripeEvents([secret]) } });
    };

    it('is taken, and of another use of the same account answered and not kept', async () => {
      const before = await count();
      expect((await sendStripes({ order: '7' })).status).toBe(200);
      expect(await count()).toBe(before);
      expect((await sendStripes({ holdfast_charge: 'ord_1' })).status).toBe(200);
      expect(await count()).toBe(before + 1);
    });

    it.each(['t=1,v1', 't=1,v1=', ''])('is forged, and no error of ours, with the signature %j', async (signature) => {
      lines.length = 0;
      expect((await sendStripes({ holdfast_charge: 'ord_1' }, signature)).status).toBe(401);
      expect(lines.filter(({ audit }) => audit === 'authn_signature_fail')).toHaveLength(1);
    });
  });

  it('refuses a form, signed or not', async () => {
    const { body } = newEvent();
    const headers = { ...webhookHeaders(body, now), 'content-type': 'text/plain' };
    expect((await send(body, { headers })).status).toBe(415);
  });

  it.each([
    ['names no charge', { chargeKey: undefined }],
    ['names one that can be none', { chargeKey: { no: 'such' } }],
    ['names one that no database could keep', { chargeKey: 'ord_\0' }],
  ])('keeps one that %s, and tells of it once', async (_what, changes) => {
    const { id, body } = newEvent(changes);
    lines.length = 0;
    for (const again of [1, 2]) expect([again, (await send(body)).status]).toEqual([again, 200]);
    expect(await kept(id)).toMatchObject([{ state: 'UNKNOWN', chargeKey: null, payload: body }]);
    expect(lines.filter(({ message }) => message === "a provider's event names no charge")).toHaveLength(1);
  });
});
