import { setTimeout as pause } from 'node:timers/promises';
import type { Order } from '../../../contracts/http/orders.js';
import { isFinal, type OrderStatus } from '../../../contracts/order-status.js';
import type { Product } from '../../../contracts/http/products.js';
import { orderIdFor } from '../../../services/order/order-identity.js';
import type { Answer, Api } from '../api.js';
import type { Report } from '../carrier.js';
import { placeOrder, reaches, type OrderWish } from '../shop.js';
import { waitFor } from '../wait-for.js';
import type { Plan } from './plan.js';

export interface Caller {
  userId: number;
  buyer: Api;
  admin: Api;
  report: Report;
}

export interface CalledOff {
  orderId: string;
  plan: Plan;
  /** How the cancellation was answered. */
  answer: Answer<Partial<Order>>;
}

/** For machines that are busy with something else. */
const timeoutMs = 120_000;

/** Places an order and calls it off as planned. Resolves when its cancellation is answered, and its carrier heard. */
export async function callOff(caller: Caller, product: Product, key: string, plan: Plan): Promise<CalledOff> {
  const { userId, buyer, admin } = caller;
  const orderId = orderIdFor(userId, key);
  const asker = plan.by === 'admin' ? admin : buyer;
  // A caller who got no answer asks again.
  const cancel = () =>
    waitFor<Answer<Partial<Order>> | false>(
      'an answer',
      async () => {
        const answer = await asker.post<Partial<Order>>(`/orders/${orderId}/cancel`, {});
        return answer.status < 500 && answer;
      },
      { timeoutMs },
    );
  const place = (over: OrderWish = {}) => placeOrder(buyer, product, { ...plan.wish, ...over, key });
  const { moment } = plan;

  switch (moment.when) {
    case 'at once': {
      const placing = place();
      const answer = await waitFor('the order', async () => notMissing(await cancel()), { intervalMs: 1, timeoutMs });
      await placing;
      return { orderId, plan, answer };
    }
    case 'status': {
      await place({ respondAsync: true });
      await heard(buyer, orderId, moment.status);
      await pause(moment.plusMs);
      return { orderId, plan, answer: await cancel() };
    }
    case 'report': {
      await place();
      const { deliveryId = '' } = await reaches(buyer, orderId, 'DELIVERY_STARTED', timeoutMs);
      const [answer] = await Promise.all([
        pause(Math.max(moment.plusMs, 0)).then(cancel),
        pause(Math.max(-moment.plusMs, 0)).then(() => untilTaken(caller.report, deliveryId, moment.report)),
      ]);
      if (answer.status === 409) await untilTaken(caller.report, deliveryId, moment.last);
      return { orderId, plan, answer };
    }
  }
}

const notMissing = <T>(answer: Answer<T>): Answer<T> | undefined => (answer.status === 404 ? undefined : answer);

/** As a carrier does: what is not taken is sent again. */
async function untilTaken(report: Report, ...[deliveryId, status]: Parameters<Report>): Promise<void> {
  await waitFor(`${status} to be taken`, async () => (await report(deliveryId, status)).status === 202, {
    timeoutMs,
  });
}

/** Resolves at the moment when the order is heard to have this status, or one after which it can't have it any more. */
async function heard(caller: Api, orderId: string, wanted: OrderStatus): Promise<void> {
  const stream = await caller.watch<Order>(`/orders/${orderId}/events`);
  const isThere = () => stream.heard.some(({ data: { status } }) => status === wanted || isFinal(status));
  await waitFor(`${orderId} to be ${wanted}`, isThere, { intervalMs: 2, timeoutMs });
  stream.leave();
}
