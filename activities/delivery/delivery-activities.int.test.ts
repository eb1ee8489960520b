import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryRequest } from '../../contracts/activities/delivery-activities.js';
import { createLogger } from '../../platform/logger.js';
import type { Carrier } from '../../services/delivery/carrier.js';
import { createEventRecorder } from '../../services/delivery/record-event.js';
import { SIMULATED_CARRIER } from '../../services/delivery/simulated-carrier/simulated-carrier.js';
import { addressIn, openDeliveries } from '../../services/delivery/testing/open-deliveries.js';
import { createDeliveryActivities } from './delivery-activities.js';

let deliveries: Awaited<ReturnType<typeof openDeliveries>>;
beforeAll(async () => {
  deliveries = await openDeliveries();
});
afterAll(() => deliveries.close());

const logged: Record<string, unknown>[] = [];
const logger = createLogger(
  { service: 'delivery-service', level: 'info' },
  { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
);
const messagesOf = (orderId: string) =>
  logged.filter((line) => line['orderId'] === orderId).map((line) => line['message']);

const NEVER_MS = 3_600_000;
const orderTo = (postalCode = '04524'): DeliveryRequest => ({
  orderId: randomUUID(),
  userId: 1,
  shippingAddress: addressIn(postalCode),
  lines: [{ productId: 1, productName: 'MacBook Pro 16', quantity: 1 }],
});

/** The activities as a worker of its own would run them; with another carrier where a test needs one. */
function worker(carrier: Carrier = deliveries.carrier(NEVER_MS)) {
  const activities = createDeliveryActivities({ store: deliveries.store, carrier, logger });
  const run = <T>(work: () => Promise<T>) =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<[], T, () => Promise<T>>(work);
  return {
    start: (order: DeliveryRequest) => run(() => activities.startDelivery(order)),
    cancel: ({ orderId, userId }: DeliveryRequest) => run(() => activities.cancelDelivery({ orderId, userId })),
    reports: ({ orderId }: DeliveryRequest) => run(() => activities.carrierReports({ orderId })),
  };
}

/** A carrier with something happening just before or just after each call. */
function interrupted(
  hooks: { before?: () => Promise<unknown>; after?: () => Promise<unknown> },
  carrier = deliveries.carrier(NEVER_MS),
): Carrier {
  const around = async <T>(call: () => Promise<T>): Promise<T> => {
    await hooks.before?.();
    const answer = await call();
    await hooks.after?.();
    return answer;
  };
  return {
    book: (booking) => around(() => carrier.book(booking)),
    cancel: (request) => around(() => carrier.cancel(request)),
  };
}

const dies = () => Promise.reject(new Error('the process died'));
const compensated = { type: 'Compensated', nonRetryable: true };
const alreadyDelivered = { type: 'AlreadyDelivered', nonRetryable: true };
const report = (deliveryId: string, status: 'in_transit' | 'delivered' | 'returned') =>
  createEventRecorder(deliveries.prisma)(deliveryId, SIMULATED_CARRIER, { status, at: new Date() });

describe('startDelivery', () => {
  it('books once and gives the same delivery each time', async () => {
    const order = orderTo();
    const first = await worker().start(order);
    expect(first).toMatchObject({
      carrier: 'Simulated Carrier',
      trackingNumber: expect.stringMatching(/^SIM/) as string,
    });
    expect(await worker().start(order)).toEqual(first);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'STARTED', carriers: 'booked' });
    expect(messagesOf(order.orderId)).toEqual(['delivery started']);
  });

  it('books once when it runs many times at once', async () => {
    const order = orderTo();
    const answers = await Promise.all(Array.from({ length: 8 }, () => worker().start(order)));
    expect(new Set(answers.map(({ trackingNumber }) => trackingNumber)).size).toBe(1);
    expect(messagesOf(order.orderId)).toEqual(['delivery started']);
  });

  it('finds the booking whose answer was lost', async () => {
    const order = orderTo();
    await expect(worker(interrupted({ after: dies })).start(order)).rejects.toThrow('died');
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'PENDING', carriers: 'booked' });
    await worker().start(order);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'STARTED', carriers: 'booked' });
  });

  it('gives the same delivery also when the carrier has gone on with it', async () => {
    const order = orderTo();
    const first = await worker().start(order);
    const again = async () => {
      const { reports, ...same } = await worker().start(order);
      expect({ ...same, reports: [] }).toEqual(first);
      const told = reports?.map(({ status }) => status);
      expect((await worker().reports(order)).map(({ status }) => status)).toEqual(told);
      return told;
    };
    await report(first.deliveryId, 'in_transit');
    expect(await again()).toEqual(['in_transit']);
    await report(first.deliveryId, 'delivered');
    // It came after the end that counts.
    await report(first.deliveryId, 'returned');
    expect(await again()).toEqual(['in_transit', 'delivered']);
  });

  it('refuses with the code of the carrier, each time', async () => {
    const order = orderTo('00000');
    const refusal = { type: 'DeliveryRefused', nonRetryable: true, details: [{ code: 'address_not_served' }] };
    await expect(worker().start(order)).rejects.toMatchObject(refusal);
    await expect(worker().start(order)).rejects.toMatchObject(refusal);
    expect(messagesOf(order.orderId)).toEqual([]);
  });
});

describe('cancelDelivery', () => {
  it('calls a delivery off, however often', async () => {
    const order = orderTo();
    await worker().start(order);
    await Promise.all([worker().cancel(order), worker().cancel(order)]);
    await worker().cancel(order);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'CANCELLED', carriers: 'called off' });
    await expect(worker().start(order)).rejects.toMatchObject(compensated);
  });

  it('calls a delivery off that is in transit', async () => {
    const order = orderTo();
    const { deliveryId } = await worker().start(order);
    await report(deliveryId, 'in_transit');
    await worker().cancel(order);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'CANCELLED', carriers: 'called off' });
  });

  it('leaves a mark where nothing was started, so that a late start refuses', async () => {
    const order = orderTo();
    await worker().cancel(order);
    await worker().cancel(order);
    await expect(worker().start(order)).rejects.toMatchObject(compensated);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', carriers: undefined });
  });

  it.each([['00000'], ['99999']])('does nothing where there is nothing to call off: %s', async (postalCode) => {
    const order = orderTo(postalCode);
    const started = await worker()
      .start(order)
      .catch(() => undefined);
    if (started) await report(started.deliveryId, 'returned');
    await worker().cancel(order);
    expect((await deliveries.booksOf(order.orderId)).ours).toBe(started ? 'RETURNED' : 'REFUSED');
  });

  it('refuses what was delivered', async () => {
    const order = orderTo();
    const { deliveryId } = await worker().start(order);
    await report(deliveryId, 'delivered');
    await expect(worker().cancel(order)).rejects.toMatchObject(alreadyDelivered);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'DELIVERED', carriers: 'booked' });
  });

  it('refuses what was delivered, though the carrier has not told yet', async () => {
    const order = orderTo();
    const { deliveryId } = await worker(deliveries.carrier(0)).start(order);
    await expect(worker().cancel(order)).rejects.toMatchObject(alreadyDelivered);
    expect((await report(deliveryId, 'delivered')).outcome).toBe('recorded');
  });

  it('refuses what was delivered, though its start died before it was written down', async () => {
    const order = orderTo();
    const { carrier } = deliveries;
    await expect(worker(interrupted({ after: dies }, carrier(0))).start(order)).rejects.toThrow('died');
    await expect(worker().cancel(order)).rejects.toMatchObject(alreadyDelivered);
    // Nobody starts it again now, and without its booking the carrier's report would never be taken.
    const { id } = await deliveries.prisma.delivery.findUniqueOrThrow({ where: { orderId: order.orderId } });
    expect((await report(id, 'delivered')).outcome).toBe('recorded');
  });

  it('goes on where it died between the carrier and our books', async () => {
    const order = orderTo();
    await worker().start(order);
    await expect(worker(interrupted({ after: dies })).cancel(order)).rejects.toThrow('died');
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'STARTED', carriers: 'called off' });
    await worker().cancel(order);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'CANCELLED', carriers: 'called off' });
  });

  it('believes the report that the goods were delivered when it crossed the calling off', async () => {
    const order = orderTo();
    const { deliveryId } = await worker().start(order);
    const crossing = interrupted({ after: () => report(deliveryId, 'delivered') });
    await expect(worker(crossing).cancel(order)).rejects.toMatchObject(alreadyDelivered);
  });
});

describe('a calling off while the carrier is asked for the booking', () => {
  it('stops a booking that has not landed', async () => {
    const order = orderTo();
    const late = interrupted({ before: () => worker().cancel(order) });
    await expect(worker(late).start(order)).rejects.toMatchObject(compensated);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', carriers: 'called off' });
  });

  it('takes back a booking that has landed', async () => {
    const order = orderTo();
    const slow = interrupted({ after: () => worker().cancel(order) });
    await expect(worker(slow).start(order)).rejects.toMatchObject(compensated);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', carriers: 'called off' });
  });

  it('is written down by the start when it died after the carrier', async () => {
    const order = orderTo();
    const cancelDies = () =>
      worker(interrupted({ after: dies }))
        .cancel(order)
        .catch(() => undefined);
    // The start's row, then the calling off that dies, then the start's booking.
    await expect(worker(interrupted({ before: cancelDies })).start(order)).rejects.toMatchObject(compensated);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', carriers: 'called off' });
  });

  it('calls off by hand where the carrier kept no mark', async () => {
    const order = orderTo();
    const late = interrupted({ before: () => deliveries.store.recordCallOff(order.orderId) });
    await expect(worker(late).start(order)).rejects.toMatchObject(compensated);
    expect(await deliveries.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', carriers: 'called off' });
  });

  it('leaves nothing on its way, however the two interleave', async () => {
    const orders = Array.from({ length: 10 }, () => orderTo());
    const work = orders.flatMap((order) => [worker().start(order), worker().cancel(order), worker().start(order)]);
    await Promise.allSettled(work);
    for (const order of orders) {
      await worker().cancel(order);
      const { ours, carriers } = await deliveries.booksOf(order.orderId);
      expect(['VOIDED', 'CANCELLED']).toContain(ours);
      expect(carriers).not.toBe('booked');
    }
  });
});
