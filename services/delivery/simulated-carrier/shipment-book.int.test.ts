import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDeliveries } from '../testing/open-deliveries.js';
import { planOf } from './plan.js';

let deliveries: Awaited<ReturnType<typeof openDeliveries>>;
beforeAll(async () => {
  deliveries = await openDeliveries();
});
beforeEach(() => deliveries.prisma.simulatedShipment.deleteMany());
afterAll(() => deliveries.close());

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, seconds));

/** A shipment that reports at the first and at the second second. */
async function shipment(): Promise<string> {
  const reference = randomUUID();
  const plan = planOf(['in_transit', 'delivered'], at(0), 2000);
  await deliveries.book.enter({ reference, trackingNumber: reference, plan, calledOff: false }, at(1));
  return reference;
}

const claim = async (now: Date, until: Date, limit = 10) => (await deliveries.book.claimDue(now, until, limit)).due;

describe("the simulated carrier's book", () => {
  it('gives what is due, to one only, until the claim ends', async () => {
    const reference = await shipment();
    expect(await claim(at(0), at(10))).toEqual([]);
    expect(await deliveries.book.claimDue(at(0), at(10), 10)).toEqual({ due: [], nextDueAt: at(1) });
    expect(await claim(at(1), at(11))).toMatchObject([{ reference, claimedUntil: at(11) }]);
    expect(await claim(at(10), at(20))).toEqual([]);
    expect(await claim(at(11), at(21))).toMatchObject([{ reference }]);
  });

  it('gives at most what is asked for, the longest due first', async () => {
    const references = [await shipment(), await shipment(), await shipment()];
    const [first] = await claim(at(1), at(11), 1);
    const rest = await claim(at(2), at(12), 5);
    expect(rest).toHaveLength(2);
    expect([first, ...rest].map((due) => due?.reference).sort()).toEqual(references.sort());
  });

  it('shares what is due among all who ask at once', async () => {
    for (let count = 0; count < 10; count++) await shipment();
    const claims = await Promise.all([1, 2, 3, 4, 5].map(() => claim(at(1), at(11), 4)));
    const references = claims.flat().map(({ reference }) => reference);
    expect(new Set(references).size).toBe(references.length);
  });

  it('does not let one whose claim has run out undo what another did since', async () => {
    await shipment();
    const [slow] = await claim(at(1), at(2));
    const [other] = await claim(at(2), at(12));
    await deliveries.book.settle(other!, [], null);
    await deliveries.book.settle(slow!, slow!.plan, at(3));
    expect(await deliveries.book.claimDue(at(0), at(10), 10)).toEqual({ due: [], nextDueAt: undefined });
  });

  it('keeps quiet about what was called off while it was claimed', async () => {
    const reference = await shipment();
    const [due] = await claim(at(1), at(11));
    await deliveries.book.markCalledOff(reference);
    await deliveries.book.settle(due!, due!.plan, at(2));
    expect(await claim(at(60), at(70))).toEqual([]);
    expect(await deliveries.book.find(reference)).toMatchObject({ calledOff: true });
  });

  it('enters a reference once', async () => {
    const reference = await shipment();
    const again = { reference, trackingNumber: 'another', plan: [], calledOff: false };
    expect(await deliveries.book.enter(again, null)).toBe(false);
    expect(await deliveries.book.find(reference)).toMatchObject({ trackingNumber: reference });
  });
});
