import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowClient, WorkflowNotFoundError } from '@temporalio/client';
import type { Order } from '../../../contracts/http/orders.js';
import type { Product } from '../../../contracts/http/products.js';
import type { Api } from '../../support/api.js';
import { workflowIdOf } from '../../../contracts/order-saga.js';
import { retry } from '../../../workflows/order/messages.js';
import { SEOUL, stockedProduct, type Shop } from '../../support/shop.js';
import { kindOf, KINDS_BY_SHARE, UNIT_PRICE, type Kind, type KindName } from './order-kinds.js';
import { seeded } from './random.js';
import { loseWebhook, sendBurst } from './webhooks.js';
import type { World } from './world.js';
import { errorMessage } from '../../../platform/error-message.js';

export interface PlacedOrder {
  id: string;
  kind: KindName;
  status: number;
  /** Posts until there was an answer to keep. */
  posts: number;
  answeredAt: number;
  /** The provider's webhook of its payment was lost on its way. */
  lostWebhook?: boolean;
}

export interface Customers {
  readonly placed: PlacedOrder[];
  /** What must not have been: an order without an answer, two of one key. */
  readonly findings: string[];
  readonly begun: number;
  /** Places one more, whatever the pace. */
  place(kind?: KindName): Promise<void>;
  /** Places at a steady pace until it is enough, but waits while `atMost` orders are not final yet. */
  keepPlacing(pace: { everyMs: number; atMost: number }, enough: () => boolean): Promise<void>;
  /** All have their answers. */
  allAnswered(): Promise<void>;
  stock: { product: Product; quantity: number }[];
}

/** A customer does not give up before that. */
const patienceMs = 90_000;
const againAfterMs = 250;
const answerWithinMs = 15_000;

const PLENTY = 100_000;
const NEARLY_NONE = 5;

/** Customers at the gateway, who ask again with the same key for as long as they get no answer. */
export async function openCustomers(world: World, shop: () => Shop, seed: number): Promise<Customers> {
  const stock = await Promise.all(
    [PLENTY, PLENTY, PLENTY, PLENTY, NEARLY_NONE].map(async (quantity) => ({
      product: await stockedProduct(shop(), { quantity, price: UNIT_PRICE }),
      quantity,
    })),
  );
  const plenty = stock.filter(({ quantity }) => quantity === PLENTY).map(({ product }) => product.id);
  const scarce = stock.filter(({ quantity }) => quantity === NEARLY_NONE).map(({ product }) => product.id);
  const placed: PlacedOrder[] = [];
  const findings: string[] = [];
  const underWay = new Set<Promise<void>>();
  let begun = 0;

  const one = async (number: number, wanted: KindName | undefined): Promise<void> => {
    const random = seeded(seed * 1_000_003 + number);
    const kindName = wanted ?? random.pick(KINDS_BY_SHARE);
    const kind = kindOf(kindName);
    const who = random.pick(['alice', 'bob'] as const);
    const buyer = () => shop()[who];
    const products = random.shuffled(kind.scarce ? scarce : plenty).slice(0, kind.lines);
    const body = {
      items: products.map((productId) => ({ productId, quantity: random.between(1, 3) })),
      paymentMethod: kind.paymentMethod ?? 'card_ok',
      shippingAddress: { ...SEOUL, postalCode: kind.postalCode ?? SEOUL.postalCode },
    };
    const key = `faults-${seed}-${number}`;
    const answers = await Promise.all(
      headersOf(kind).map((headers) => postUntilAnswered(world, buyer, body, { 'idempotency-key': key, ...headers })),
    );
    const [answer] = answers;
    if (answer === undefined) return;
    const ids = new Set(answers.map(({ id }) => id));
    if (kind.impatient && answers.some(({ status }) => status === 202)) {
      const again = await postUntilAnswered(world, buyer, body, { 'idempotency-key': key });
      if (again.status !== 202) findings.push(`${answer.id} was answered with 202, and then with ${again.status}`);
      ids.add(again.id);
    }
    if (ids.size > 1) findings.push(`one key, two orders: ${[...ids].join(', ')}`);
    const order: PlacedOrder = { ...answer, kind: kindName, answeredAt: Date.now() };
    placed.push(order);
    if (kind.isPoisoned) await poison(world, answer.id);
    if (kind.losesItsReport) await deliverUnheard(world, answer.id);
    const { parts } = kind;
    if (parts !== undefined) {
      // Each twice: who asks again meanwhile has the same one.
      const asked = [...parts.entries(), ...parts.entries()];
      const goods = kind.restocks ? products : undefined;
      await Promise.all(asked.map(([index, amount]) => giveBack(world, shop, answer.id, { amount, index, goods })));
    }
    if (kind.review !== undefined) await decide(world, shop, answer.id, kind.review);
    if (kind.webhooks === 'burst') await sendBurst(world, random, answer.id);
    if (kind.webhooks === 'lost') order.lostWebhook = await loseWebhook(world, answer.id);
    if (kind.bank !== undefined) await sayAtTheBank(world, buyer, answer.id, kind.bank);
    if (kind.cancelWithinMs === undefined) return;
    await pause(random.between(...kind.cancelWithinMs));
    await cancelUntilHeard(world, buyer, answer.id);
  };

  const place = (kind?: KindName): Promise<void> => {
    const number = begun++;
    const work = one(number, kind)
      .catch((error: unknown) => {
        if (!world.signal.aborted) findings.push(`order ${number}: ${errorMessage(error)}`);
      })
      .finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  };

  return {
    placed,
    findings,
    get begun() {
      return begun;
    },
    place,
    keepPlacing: async ({ everyMs, atMost }, enough) => {
      while (!enough() && !world.signal.aborted) {
        if (underWay.size + (await notFinal(world)) < atMost) void place();
        await pause(everyMs);
      }
    },
    allAnswered: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stock,
  };
}

/** As when the signal was taken by a Temporal that then lost it, or went to a run that a reset has left. */
async function deliverUnheard(world: World, id: string): Promise<void> {
  const sql = `
    WITH ended AS (
      UPDATE deliveries SET status = 'DELIVERED', updated_at = now() WHERE order_id = $1 AND status = 'STARTED' RETURNING id
    )
    INSERT INTO delivery_events (delivery_id, status, at, told_at) SELECT id, 'delivered', now(), now() FROM ended
    RETURNING delivery_id`;
  await world.until(
    `the delivery of ${id}`,
    async () => (await world.query('DELIVERY', sql, [id])).length > 0,
    patienceMs,
  );
}

/** As an operator does whose command line has no key. */
async function poison(world: World, id: string): Promise<void> {
  const { connection, options } = world.temporal;
  const handle = new WorkflowClient({ connection, namespace: options.namespace }).getHandle(workflowIdOf(id));
  await world.until(
    `the signal of ${id} to be sent`,
    async () => {
      await handle.signal(retry.name, 'a reason').catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
      return true;
    },
    patienceMs,
  );
}

/** Of each post of an order. */
function headersOf({ twice, impatient }: Kind): Record<string, string>[] {
  return [{}, ...(twice ? [{}] : []), ...(impatient ? [{ prefer: 'respond-async' }] : [])];
}

/** As many as there may be while nobody can tell. */
async function notFinal(world: World): Promise<number> {
  const counted = world.query<{ count: number }>(
    'ORDER',
    `SELECT count(*)::integer AS count FROM orders WHERE status NOT IN ('COMPLETED', 'CANCELLED')`,
  );
  return counted.then(
    ([row]) => row?.count ?? 0,
    () => Infinity,
  );
}

type Body = Partial<Order> & { code?: string; orderId?: string };

async function postUntilAnswered(
  world: World,
  buyer: () => Api,
  body: unknown,
  headers: Record<string, string>,
): Promise<{ id: string; status: number; posts: number }> {
  let posts = 0;
  return world.until(
    'an answer to an order',
    async () => {
      posts += 1;
      const answer = await withinLimit(buyer().post<Body>('/orders', body, headers));
      const id = answer.status === 409 ? answer.body.orderId : answer.body.id;
      if ([201, 202, 409].includes(answer.status) && id !== undefined) return { id, status: answer.status, posts };
      await pause(againAfterMs);
      throw new Error(`${answer.status} ${answer.body.code ?? ''}`);
    },
    patienceMs,
  );
}

/** 409: it was too late. */
async function cancelUntilHeard(world: World, buyer: () => Api, id: string): Promise<void> {
  await world.until(
    `an answer to the cancellation of ${id}`,
    async () => {
      const { status, body } = await withinLimit(buyer().post<Body>(`/orders/${id}/cancel`, {}));
      if (status === 200 || status === 202 || body.code === 'not-cancellable') return true;
      await pause(againAfterMs);
      throw new Error(`${status} ${body.code ?? ''}`);
    },
    patienceMs,
  );
}

/** Too much is what is not paid or delivered yet, and what its undo was faster to give back. `goods`: one of each goes back, too. */
async function giveBack(
  world: World,
  shop: () => Shop,
  id: string,
  { amount, index, goods }: { amount: number; index: number; goods?: number[] | undefined },
): Promise<void> {
  await world.until(
    `an answer to refund ${index} of ${id}`,
    async () => {
      const lines = goods?.map((productId) => ({ productId, quantity: 1 }));
      const asked = { ...(lines ? { lines, restock: true } : { amount }), reason: 'a scratch' };
      const { status, body } = await withinLimit(
        shop().admin.post<Body>(`/orders/${id}/refunds`, asked, { 'idempotency-key': `part-${index}` }),
      );
      if (status === 201) return true;
      if (status === 409 && (await hasEnded(world, id))) return true;
      await pause(againAfterMs);
      throw new Error(`${status} ${body.code ?? ''}`);
    },
    patienceMs,
  );
}

/** Not needed is what does not wait yet, and what was decided by a request whose answer was lost. */
async function decide(world: World, shop: () => Shop, id: string, decision: 'approve' | 'reject'): Promise<void> {
  const wasDecided = async () =>
    (await world.query('ORDER', `SELECT 1 FROM orders WHERE id = $1 AND review <> 'WAITING'`, [id])).length > 0;
  await world.until(
    `an answer to the review of ${id}`,
    async () => {
      const { status, body } = await withinLimit(
        shop().admin.post<Body>(`/orders/${id}/review`, { decision, note: 'she has called' }),
      );
      if (status === 202 || (status === 409 && (await wasDecided()))) return true;
      await pause(againAfterMs);
      throw new Error(`${status} ${body.code ?? ''}`);
    },
    patienceMs,
  );
}

/** The order leads to the page of the bank. */
async function sayAtTheBank(world: World, buyer: () => Api, id: string, decision: 'confirm' | 'refuse'): Promise<void> {
  await world.until(
    `the bank to have heard of ${id}`,
    async () => {
      const { body: order } = await withinLimit(buyer().get<Order>(`/orders/${id}`));
      const { payment } = order;
      const challenge = payment?.status === 'ACTION_REQUIRED' ? payment.nextAction?.url.split('/').at(-1) : undefined;
      if (challenge === undefined) return false;
      const path = `/payments/simulator/challenges/${challenge}`;
      return (await withinLimit(buyer().post(path, { decision }))).status === 200;
    },
    patienceMs,
  );
}

const hasEnded = async (world: World, id: string): Promise<boolean> =>
  (await world.query('ORDER', `SELECT 1 FROM orders WHERE id = $1 AND status = 'CANCELLED'`, [id])).length > 0;

/** What hangs is asked again, as a customer would. */
async function withinLimit<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  return Promise.race([
    answer,
    pause(answerWithinMs, undefined, { ref: false }).then(() => Promise.reject(new Error('no answer'))),
  ]);
}
