import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { METADATA } from './stripe-answers.js';
import { createStripeEvents } from './stripe-events.js';

const now = new Date();
const [before, secret] = ['whsec_before', 'whsec_now'];
const events = createStripeEvents([before, secret]);

/** Of what Stripe sends in such an object. */
const PRIVATE = { client_secret: 'pi_1_secret_x', receipt_email: 'a@b.example', shipping: { name: 'A. Buyer' } };
const event = (metadata: unknown = { [METADATA.charge]: 'ord_1' }, changes: object = {}) =>
  JSON.stringify({
    id: 'evt_1',
    type: 'payment_intent.succeeded',
    data: { object: { ...PRIVATE, id: 'pi_1', metadata } },
    ...changes,
  });
const sign = (payload: string, by = secret, at = now) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret: by, timestamp: Math.floor(at.getTime() / 1000) });
const read = (payload: string, signature: string | undefined = sign(payload)) =>
  events.readEvent({ headers: { 'stripe-signature': signature }, body: Buffer.from(payload), now });

describe("an event of Stripe's", () => {
  const known = {
    ...{ outcome: 'event', eventId: 'evt_1', type: 'payment_intent.succeeded', chargeKey: 'ord_1' },
    payload: JSON.stringify({ object: 'pi_1', metadata: { [METADATA.charge]: 'ord_1' } }),
  };

  it('names its charge, signed by any of the secrets', () => {
    expect(read(event())).toEqual(known);
    expect(read(event(), sign(event(), before))).toEqual(known);
  });

  it.each([
    ['nobody', ''],
    ['another secret', sign(event(), 'whsec_another')],
    ['the same, of another body', sign('{}')],
    // The package trips over these, and not with the error that it has for signatures.
    ['a header that ends too soon', 't=1,v1'],
    ['a header without a signature', 't=1,v1='],
    ['the same, six minutes ago', sign(event(), secret, new Date(now.getTime() - 360_000))],
  ])('is forged where it was signed by %s', (_who, signature) => {
    expect(read(event(), signature)).toEqual({ outcome: 'forged' });
  });

  it('names none where its metadata are ours, and not as we write them', () => {
    const metadata = { [METADATA.charge]: 'a\0' };
    expect(read(event(metadata))).toMatchObject({ outcome: 'event', eventId: 'evt_1', chargeKey: undefined });
    expect(read(event({ [METADATA.part]: 'ref_1' }))).toMatchObject({ outcome: 'event', chargeKey: undefined });
  });

  it('is kept without what is private in it', () => {
    const { payload } = { payload: undefined, ...read(event({ [METADATA.charge]: 'ord_1', gift: 'for A. Buyer' })) };
    expect(payload).toBe(known.payload);
  });

  it.each([[event({})], [event({ order: '7' })], [event(null)], [event({}, { data: undefined })]])(
    'is foreign where it has none of our metadata: %s',
    (body) => {
      expect(read(body)).toEqual({ outcome: 'foreign' });
    },
  );

  it.each(['{', '[]', event({}, { id: 7 })])('is unreadable: %s', (body) => {
    expect(read(body)).toEqual({ outcome: 'unreadable' });
  });
});
