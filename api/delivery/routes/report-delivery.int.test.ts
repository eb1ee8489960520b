import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelDelivery } from '../../../services/delivery/cancel-delivery.js';
import { signMessage } from '../../../platform/signed-message.js';
import { carrierKeys, openDeliveryApi } from '../testing/open-delivery-api.js';
import type { DeliveryApi } from '../testing/open-delivery-api.js';

let api: DeliveryApi;
beforeAll(async () => {
  api = await openDeliveryApi();
});
afterAll(() => api.close());

describe('POST /deliveries/{id}/events', () => {
  it('takes each report once it has told the Saga', async () => {
    const { orderId, deliveryId } = await api.startedDelivery();
    expect((await api.send(deliveryId, 'in_transit')).status).toBe(202);
    expect(await api.statusOf(deliveryId)).toBe('IN_TRANSIT');
    expect((await api.send(deliveryId, 'delivered')).status).toBe(202);
    expect(await api.statusOf(deliveryId)).toBe('DELIVERED');
    expect(await api.toldTo(orderId)).toEqual(['in_transit', 'delivered']);
    expect(api.linesOf(orderId)).toEqual(['delivery completed']);
  });

  it('tells no more of what the Saga has taken, however often it is repeated, and completes once', async () => {
    const { orderId, deliveryId } = await api.startedDelivery();
    await api.send(deliveryId, 'delivered');
    const repeats = await Promise.all([api.send(deliveryId, 'delivered'), api.send(deliveryId, 'delivered')]);
    expect(repeats.map(({ status }) => status)).toEqual([202, 202]);
    expect(await api.toldTo(orderId)).toEqual(['delivered']);
    expect(await api.deliveries.prisma.deliveryEvent.count({ where: { deliveryId } })).toBe(1);
    expect(api.linesOf(orderId)).toHaveLength(1);
  });

  it('answers 503 while the Saga can not be told, and tells it when the carrier says it again', async () => {
    const { orderId, deliveryId } = await api.startedDelivery();
    const answer = await api.send(deliveryId, 'delivered', { with: { signalSaga: api.unreachableSaga } });
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ code: 'saga-unavailable' });
    expect(answer.get('retry-after')).toBe('1');
    expect(await api.statusOf(deliveryId)).toBe('DELIVERED');
    expect(await api.toldTo(orderId)).toEqual([]);
    expect((await api.send(deliveryId, 'delivered')).status).toBe(202);
    expect(await api.toldTo(orderId)).toEqual(['delivered']);
  });

  it('takes a report for an order whose Saga is over', async () => {
    const { orderId, deliveryId } = await api.startedDelivery();
    await api.endSaga(orderId);
    expect((await api.send(deliveryId, 'in_transit')).status).toBe(202);
  });

  it.each(['delivered', 'returned'] as const)(
    'lets %s overtake the report before it, which is then written down and changes nothing',
    async (last) => {
      const { orderId, deliveryId } = await api.startedDelivery();
      expect((await api.send(deliveryId, last)).status).toBe(202);
      const late = await Promise.all([api.send(deliveryId, 'in_transit'), api.send(deliveryId, 'in_transit')]);
      expect(late.map(({ status }) => status)).toEqual([202, 202]);
      expect((await api.send(deliveryId, 'in_transit')).status).toBe(202);
      const events = await api.deliveries.prisma.deliveryEvent.findMany({ where: { deliveryId } });
      expect(events.map(({ status }) => status).sort()).toEqual([last, 'in_transit'].sort());
      expect(await api.statusOf(deliveryId)).toBe(last.toUpperCase());
      expect(await api.toldTo(orderId)).toEqual([last]);
    },
  );

  it('does not tell again of what something newer has followed', async () => {
    const { orderId, deliveryId } = await api.startedDelivery();
    await api.send(deliveryId, 'in_transit');
    await api.send(deliveryId, 'returned');
    expect((await api.send(deliveryId, 'in_transit')).status).toBe(202);
    expect(await api.toldTo(orderId)).toEqual(['in_transit', 'returned']);
    expect((await api.send(deliveryId, 'delivered')).status).toBe(202);
    expect(await api.statusOf(deliveryId)).toBe('RETURNED');
    expect(await api.deliveries.store.reportsOf(orderId)).toMatchObject([
      { status: 'in_transit' },
      { status: 'returned' },
    ]);
  });

  it('keeps what is reported of a delivery that was called off, which stays so, and tells nobody but the log', async () => {
    const { orderId, userId, deliveryId } = await api.startedDelivery();
    await cancelDelivery(api.service(), { orderId, userId });
    for (const status of ['in_transit', 'delivered', 'delivered'] as const)
      expect((await api.send(deliveryId, status)).status).toBe(202);
    expect(await api.deliveries.prisma.deliveryEvent.count({ where: { deliveryId } })).toBe(2);
    expect(await api.statusOf(deliveryId)).toBe('CANCELLED');
    expect(await api.toldTo(orderId)).toEqual([]);
    const line = 'the carrier reports what its delivery had ended without';
    expect(api.linesOf(orderId)).toEqual([line, line]);
    // Asked again, by a repair or after a reset: it was called off, and what was given back stays given back.
    expect(await cancelDelivery(api.service(), { orderId, userId })).toBe('cancelled');
  });

  it('asks for it again while the booking is not written down', async () => {
    const { id } = await api.deliveries.store.open({ orderId: randomUUID(), userId: 1 });
    const answer = await api.send(id, 'in_transit');
    expect([answer.status, answer.get('retry-after')]).toEqual([503, '1']);
    expect((await api.send(randomUUID(), 'in_transit')).status).toBe(404);
  });

  it.each([
    ['none', () => ''],
    ['one of a key that we do not know', (body: string) => signMessage({ body, key: 'x', kid: 'k9', at: new Date() })],
    ['one made with another secret', (body: string) => signMessage({ body, key: 'x', kid: 'k1', at: new Date() })],
    ['one of another body', () => signMessage({ body: '{}', key: carrierKeys.k1.secret, kid: 'k1', at: new Date() })],
    [
      'one of six minutes ago',
      (body: string) =>
        signMessage({ body, key: carrierKeys.k1.secret, kid: 'k1', at: new Date(Date.now() - 360_000) }),
    ],
    [
      'one of six minutes ahead',
      (body: string) =>
        signMessage({ body, key: carrierKeys.k1.secret, kid: 'k1', at: new Date(Date.now() + 360_000) }),
    ],
    [
      'a good one and another one beside it',
      (body: string) =>
        `${signMessage({ body, key: carrierKeys.k1.secret, kid: 'k1', at: new Date() })},v1=${'0'.repeat(64)}`,
    ],
    [
      'a good one, named as of another key',
      (body: string) => signMessage({ body, key: carrierKeys.k1.secret, kid: 'k2', at: new Date() }),
    ],
  ])('refuses a signature: %s', async (_what, sign) => {
    const { orderId, deliveryId } = await api.startedDelivery();
    const body = JSON.stringify({ deliveryId, status: 'delivered', at: '2026-03-01T12:00:00Z' });
    const answer = await api.send(deliveryId, 'delivered', { body, signature: sign(body) });
    expect([answer.status, answer.type]).toEqual([401, 'application/problem+json']);
    expect(answer.get('www-authenticate')).toMatch(/^X-Carrier-Signature/);
    expect(await api.statusOf(deliveryId)).toBe('STARTED');
    expect(await api.toldTo(orderId)).toEqual([]);
    expect(api.refusalsOf(deliveryId)).toEqual(['bad-signature']);
  });

  it('refuses what is signed of another delivery, and the key of another carrier', async () => {
    const [ours, strangers] = [await api.startedDelivery(), await api.startedDelivery()];
    const body = JSON.stringify({ deliveryId: strangers.deliveryId, status: 'returned', at: '2026-03-01T12:00:00Z' });
    expect((await api.send(ours.deliveryId, 'returned', { body })).status).toBe(401);
    const own = JSON.stringify({ deliveryId: ours.deliveryId, status: 'returned', at: '2026-03-01T12:00:00Z' });
    const signature = signMessage({ body: own, key: carrierKeys.other.secret, kid: 'other', at: new Date() });
    const answer = await api.send(ours.deliveryId, 'returned', { body: own, signature });
    expect([answer.status, answer.type]).toEqual([401, 'application/problem+json']);
    expect(answer.get('www-authenticate')).toMatch(/^X-Carrier-Signature/);
    expect(await api.statusOf(ours.deliveryId)).toBe('STARTED');
    expect(await api.toldTo(ours.orderId)).toEqual([]);
    expect(api.refusalsOf(ours.deliveryId)).toEqual(['of-another-delivery', 'of-another-carrier']);
  });

  it('checks the bytes as they came, and what they say', async () => {
    const { deliveryId } = await api.startedDelivery();
    const spaced = `{ "at": "2026-03-01T12:00:00Z",\n  "status": "in_transit", "deliveryId": "${deliveryId}" }`;
    expect((await api.send(deliveryId, 'in_transit', { body: spaced })).status).toBe(202);
    const at = '2026-03-01T12:00:00Z';
    for (const wrong of [
      { deliveryId, status: 'lost', at },
      { deliveryId, status: 'delivered' },
      { status: 'delivered', at },
      {},
    ])
      expect((await api.send(deliveryId, 'delivered', { body: JSON.stringify(wrong) })).status).toBe(400);
  });
});

describe('POST /deliveries/{id}/simulated-events', () => {
  it('is a report of the simulated carrier, told once however often it is asked for', async () => {
    const { orderId, deliveryId } = await api.startedDelivery({ postalCode: '88888' });
    const unheard = await api.simulate(deliveryId, 'delivered', { signalSaga: api.unreachableSaga });
    expect(unheard.body).toMatchObject({ status: 503, code: 'saga-unavailable' });
    for (const again of [1, 2])
      expect([again, (await api.simulate(deliveryId, 'delivered')).status]).toEqual([again, 202]);
    expect(await api.statusOf(deliveryId)).toBe('DELIVERED');
    expect(await api.toldTo(orderId)).toEqual(['delivered']);
  });

  it('is not there in production, nor for a parcel of another carrier', async () => {
    const { orderId, deliveryId } = await api.startedDelivery();
    expect((await api.simulate(deliveryId, 'delivered', { isSimulated: false })).status).toBe(404);
    expect((await api.simulate(randomUUID(), 'delivered')).status).toBe(404);
    expect((await api.simulate(deliveryId, 'lost')).status).toBe(400);
    await api.deliveries.prisma.delivery.update({ where: { id: deliveryId }, data: { carrier: 'Another Carrier' } });
    expect((await api.simulate(deliveryId, 'delivered')).status).toBe(404);
    expect(await api.statusOf(deliveryId)).toBe('STARTED');
    expect(await api.toldTo(orderId)).toEqual([]);
  });
});
