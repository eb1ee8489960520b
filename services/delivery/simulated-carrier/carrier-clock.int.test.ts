import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../platform/logger.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { addressIn, openDeliveries } from '../testing/open-deliveries.js';
import { startCarrierClock, type CarrierClock } from './carrier-clock.js';
import type { CarrierReport, ReportAnswer, SendReport } from './simulated-carrier.js';

let deliveries: Awaited<ReturnType<typeof openDeliveries>>;
beforeAll(async () => {
  deliveries = await openDeliveries();
});
afterAll(() => deliveries.close());

const clocks: CarrierClock[] = [];
afterEach(async () => {
  await Promise.all(clocks.splice(0).map((clock) => clock.stop()));
  await deliveries.prisma.simulatedShipment.deleteMany();
});

const logger = createLogger({ service: 'delivery-service', level: 'fatal' });
const taken: ReportAnswer = { outcome: 'taken' };

/** What a delivery service was told, and answers. */
function listener(answer: (report: CarrierReport, told: number) => ReportAnswer | Promise<ReportAnswer> = () => taken) {
  const told: { deliveryId: string; status: string; after: number }[] = [];
  const startedAt = Date.now();
  const send: SendReport = async (report) => {
    told.push({ deliveryId: report.deliveryId, status: report.status, after: Date.now() - startedAt });
    return answer(report, told.length);
  };
  return { told, send, statusesOf: (id: string) => told.filter((r) => r.deliveryId === id).map((r) => r.status) };
}

function clock(send: SendReport): CarrierClock {
  const started = startCarrierClock({ book: deliveries.book, send, logger });
  clocks.push(started);
  return started;
}

const nothingIsPlanned = async () =>
  (await deliveries.prisma.simulatedShipment.count({ where: { nextAt: { not: null }, calledOff: false } })) === 0;

/** Books by the process of that clock. */
async function book(by: CarrierClock | undefined, { postalCode = '04524', delayMs = 100 } = {}): Promise<string> {
  const reference = randomUUID();
  const carrier = deliveries.carrier(delayMs, (firstAt) => by?.wake(firstAt));
  await carrier.book({ reference, address: addressIn(postalCode), lines: [] });
  return reference;
}

describe("the simulated carrier's clock", () => {
  it('reports in transit, then delivered, each when it is due', async () => {
    const service = listener();
    const reference = await book(clock(service.send), { delayMs: 200 });
    await waitFor('both reports', () => service.told.length === 2);
    expect(service.statusesOf(reference)).toEqual(['in_transit', 'delivered']);
    expect(service.told[0]?.after).toBeGreaterThanOrEqual(99);
    await waitFor('the end of the plan', nothingIsPlanned);
  });

  it('is woken by a booking and by the due times', async () => {
    const service = listener();
    const one = clock(service.send);
    await book(one, { delayMs: 0 });
    await waitFor('the end of the first', nothingIsPlanned);
    // It sleeps now, and would look again by itself only in 5 s.
    const booked = Date.now();
    const reference = await book(one, { delayMs: 200 });
    await waitFor('both reports', () => service.statusesOf(reference).length === 2);
    expect(Date.now() - booked).toBeLessThan(4_000);
  });

  it('reports what is returned, and says nothing of who is silent', async () => {
    const service = listener();
    const one = clock(service.send);
    const silent = await book(one, { postalCode: '88888' });
    const returned = await book(one, { postalCode: '99999' });
    await waitFor('both reports', () => service.told.length === 2);
    expect(service.statusesOf(returned)).toEqual(['in_transit', 'returned']);
    expect(service.statusesOf(silent)).toEqual([]);
  });

  it('sends again what was not taken, later each time, and nothing before it', async () => {
    const service = listener((_report, told) => (told <= 2 ? { outcome: 'failed', reason: 'it answered 503' } : taken));
    const reference = await book(clock(service.send), { delayMs: 20 });
    await waitFor('the last report', () => service.statusesOf(reference).includes('delivered'));
    expect(service.statusesOf(reference)).toEqual(['in_transit', 'in_transit', 'in_transit', 'delivered']);
    const [first, second, third] = service.told.map(({ after }) => after);
    expect(second! - first!).toBeGreaterThanOrEqual(199);
    expect(third! - second!).toBeGreaterThanOrEqual(399);
  });

  it('goes on after a restart with what was not taken', async () => {
    const reference = await book(undefined, { delayMs: 0 });
    const dying = listener(() => new Promise(() => undefined));
    const killed = startCarrierClock({ book: deliveries.book, send: dying.send, logger });
    await waitFor('its first report', () => dying.told.length === 1);
    // It is gone with its claim; nobody waits the claim's ten seconds here.
    void killed.stop();
    await deliveries.prisma.simulatedShipment.updateMany({ where: { reference }, data: { nextAt: new Date() } });
    const service = listener();
    clock(service.send);
    await waitFor('both reports', () => service.told.length === 2);
    expect(service.statusesOf(reference)).toEqual(['in_transit', 'delivered']);
  });

  it('reports once though several processes run it', async () => {
    const service = listener();
    const [one] = [clock(service.send), clock(service.send), clock(service.send)];
    const references = await Promise.all(Array.from({ length: 30 }, () => book(one, { delayMs: 50 })));
    clocks.forEach((each) => each.wake());
    await waitFor('all reports', () => service.told.length >= 60);
    await waitFor('the end of all plans', nothingIsPlanned);
    for (const reference of references) expect(service.statusesOf(reference)).toEqual(['in_transit', 'delivered']);
  });

  it('says no more of what was called off', async () => {
    const service = listener(async ({ deliveryId }) => {
      await deliveries.carrier(0).cancel({ reference: deliveryId });
      return taken;
    });
    const one = clock(service.send);
    // Between the reports a busy machine has time to call it off.
    const reference = await book(one, { delayMs: 2_000 });
    await waitFor('the first report', () => service.told.length === 1);
    const later = await book(one, { delayMs: 2_500 });
    await waitFor('a report after the time of the second', () => service.statusesOf(later).length === 1);
    expect(service.statusesOf(reference)).toEqual(['in_transit']);
  });

  it('does not look again and again while it waits', async () => {
    let looks = 0;
    const book = {
      ...deliveries.book,
      claimDue: (...args: Parameters<typeof deliveries.book.claimDue>) => (looks++, deliveries.book.claimDue(...args)),
    };
    const service = listener();
    const one = startCarrierClock({ book, send: service.send, logger });
    clocks.push(one);
    await deliveries
      .carrier(400, (firstAt) => one.wake(firstAt))
      .book({ reference: randomUUID(), address: addressIn('04524'), lines: [] });
    await waitFor('both reports', () => service.told.length === 2);
    // One at its start, and one when each report is due.
    expect(looks).toBeLessThanOrEqual(3);
  });
});
