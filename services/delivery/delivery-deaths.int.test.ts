import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { interleave, mortal } from '../../tests/support/interleave.js';
import type { Actor } from '../../tests/support/interleave.js';
import { cancelDelivery } from './cancel-delivery.js';
import { startDelivery } from './start-delivery.js';
import { addressIn, openDeliveries } from './testing/open-deliveries.js';

let deliveries: Awaited<ReturnType<typeof openDeliveries>>;
beforeAll(async () => {
  deliveries = await openDeliveries();
});
afterAll(() => deliveries.close());

const NEVER_MS = 3_600_000;
const attempts = fc.record({
  verb: fc.constantFrom('start' as const, 'start' as const, 'cancel' as const),
  diesAt: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
});

const ON_ITS_WAY = [{ ours: 'STARTED', carriers: 'booked' }];
const NOTHING_ON_ITS_WAY = [
  { ours: 'CANCELLED', carriers: 'called off' },
  { ours: 'VOIDED', carriers: 'called off' },
  { ours: 'VOIDED', carriers: undefined },
  { ours: 'REFUSED', carriers: undefined },
  // Its refusal was written down after it had been called off.
  { ours: 'REFUSED', carriers: 'called off' },
];

it('attempts to start a delivery and to call it off, dying anywhere, leave one on its way or none', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(attempts, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat({ max: 5 }), { maxLength: 60 }),
      fc.constantFrom('04524', '04524', '00000'),
      fc.constantFrom('start' as const, 'cancel' as const),
      async (made, turns, postalCode, last) => {
        const owner = { orderId: randomUUID(), userId: 1 };
        const order = { ...owner, address: addressIn(postalCode), lines: [{ productName: 'a lamp', quantity: 1 }] };
        const carrier = deliveries.carrier(NEVER_MS);
        const undo = { begun: 0, done: 0 };
        const actors = made.map(({ verb, diesAt }): Actor => async (stage) => {
          const life = mortal(stage, diesAt);
          const service = { store: life.using(deliveries.store), carrier: life.using(carrier) };
          if (verb === 'start') {
            await startDelivery(service, order);
          } else {
            undo.begun += 1;
            await cancelDelivery(service, owner);
            undo.done += 1;
          }
        });
        await interleave(actors, turns);

        // A calling off that has begun is gone on with until it is done.
        const undone = last === 'cancel' || undo.begun > 0;
        const service = { store: deliveries.store, carrier };
        if (last === 'cancel' || undo.done < undo.begun) await cancelDelivery(service, owner);
        else await startDelivery(service, order);
        const books = await deliveries.booksOf(owner.orderId);
        expect(undone ? NOTHING_ON_ITS_WAY : [...ON_ITS_WAY, ...NOTHING_ON_ITS_WAY]).toContainEqual(books);
        // However late a start arrives, nothing changes any more.
        await startDelivery(service, order);
        expect(await deliveries.booksOf(owner.orderId)).toEqual(books);
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
});
