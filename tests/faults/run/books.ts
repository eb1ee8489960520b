import { CUSTOMER_TOPICS } from '../../../contracts/topics.js';
import { runReconciliation } from '../../../workers/reconcile/run-reconciliation.js';
import type { Customers } from './customers.js';
import { kindOf } from './order-kinds.js';
import type { World } from './world.js';

/** Of the orders that are final: each ended as its kind may, and none asks for an operator. */
export async function wrongEnds(world: World, customers: Customers): Promise<string[]> {
  const orders = await world.query<{ id: string; end: string; attention: boolean }>(
    'ORDER',
    `SELECT id, CASE status WHEN 'CANCELLED' THEN cancel_reason ELSE status END AS end, needs_attention AS attention
     FROM orders WHERE status IN ('COMPLETED', 'CANCELLED')`,
  );
  const kinds = new Map(customers.placed.map(({ id, kind }) => [id, kind]));
  return orders.flatMap(({ id, end, attention }) => {
    const kind = kinds.get(id);
    return [
      ...(attention ? [`${id} ended as ${end}, and asks for an operator`] : []),
      ...(kind !== undefined && !(kindOf(kind).ends as readonly string[]).includes(end)
        ? [`${id}, "${kind}", ended as ${end}`]
        : []),
    ];
  });
}

/** Orders that asked for an operator at any time, though nothing was kept from them for so long. */
export async function neededNobody(world: World, except: readonly string[]): Promise<string[]> {
  const asked = await world.query<{ id: string; key: string }>(
    'ORDER',
    `SELECT order_id AS id, key FROM timeline_entries WHERE key LIKE 'attention-%' AND order_id <> ALL ($1)`,
    [except],
  );
  return asked.map(({ id, key }) => `${id} asked for an operator: ${key}`);
}

/** What `npm run reconcile` finds: in all books, or of the orders that have changed since a time, in ms. */
export async function reconcile(world: World, changedSince?: number): Promise<string[]> {
  const orderIds =
    changedSince === undefined
      ? undefined
      : (
          await world.query<{ id: string }>('ORDER', 'SELECT id FROM orders WHERE updated_at >= $1', [
            new Date(changedSince),
          ])
        ).map(({ id }) => id);
  const report = await runReconciliation({
    workflows: world.temporal.workflow,
    input: { repair: false, ...(orderIds && { orderIds }) },
  });
  return report.findings.map(
    ({ kind, orderId, productId, detail }) =>
      `${kind}: ${orderId === undefined ? `product ${productId ?? ''}` : `order ${orderId}`}, ${detail}`,
  );
}

/** Once every order is final and every refund answered: no unit held, none lost, none made, and of each as many back as were to. */
export async function differencesInStock(world: World, { stock, placed }: Customers): Promise<string[]> {
  const findings: string[] = [];
  for (const { product, quantity: put } of stock) {
    const [level] = await world.query<{ quantity: number; reserved: number }>(
      'INVENTORY',
      'SELECT quantity, reserved FROM stock_levels WHERE product_id = $1',
      [product.id],
    );
    const [gone] = await world.query<{ sum: number }>(
      'INVENTORY',
      `SELECT coalesce(sum(quantity - restocked), 0)::integer AS sum FROM reservations WHERE product_id = $1 AND status = 'COMMITTED'`,
      [product.id],
    );
    const [quantity = -1, reserved = -1, sold = -1] = [level?.quantity, level?.reserved, gone?.sum];
    if (reserved !== 0 || quantity + sold !== put)
      findings.push(`product ${product.id}: of ${put} ${sold} are sold, ${quantity} left and ${reserved} held`);
  }
  const back = await world.query<{ id: string; units: number }>(
    'INVENTORY',
    `SELECT order_id AS id, sum(restocked)::integer AS units FROM reservations GROUP BY order_id`,
  );
  const unitsOf = new Map(back.map(({ id, units }) => [id, units]));
  for (const { id, kind } of placed) {
    const [units, due] = [unitsOf.get(id) ?? 0, kindOf(kind).restocks ? 1 : 0];
    if (units !== due) findings.push(`${id}: ${units} units went back to stock, and ${due} were to`);
  }
  return findings;
}

/** Once every order is final and every refund answered: what went back of each, by our books and the provider's. */
export async function differencesInRefunds(world: World, { placed }: Customers): Promise<string[]> {
  const ours = await world.query<{ id: string; end: string; charged: string; back: string; open: number }>(
    'PAYMENT',
    `SELECT order_id AS id, max(payments.status) AS end, max(payments.amount) AS charged,
       coalesce(sum(operations.amount) FILTER (WHERE kind = 'REFUND' AND state = 'DONE'), 0) AS back,
       count(*) FILTER (WHERE kind = 'REFUND' AND state = 'PENDING')::integer AS open
     FROM payments JOIN payment_operations AS operations USING (order_id) GROUP BY order_id`,
  );
  const theirs = await world.query<{ id: string; back: string }>(
    'PAYMENT_SIMULATOR',
    `SELECT idempotency_key AS id, CASE status WHEN 'REFUNDED' THEN amount ELSE refunded_in_parts END AS back
     FROM ledger_entries`,
  );
  const atProvider = new Map(theirs.map(({ id, back }) => [id, back]));
  const kinds = new Map(placed.map(({ id, kind }) => [id, kindOf(kind)]));
  return ours.flatMap(({ id, end, charged, back, open }) => {
    const parts = end === 'CHARGED' ? (kinds.get(id)?.parts ?? []) : [];
    const due = end === 'REFUNDED' ? Number(charged) : parts.reduce((sum, part) => sum + part, 0);
    const isRight = open === 0 && Number(back) === due && Number(atProvider.get(id) ?? 0) === due;
    const says = `${back} by our books, ${atProvider.get(id) ?? 'nothing'} by the provider's, ${open} open`;
    return isRight ? [] : [`${id}: ${due} was to go back, and did ${says}`];
  });
}

/** Each event that customers are told of, one mail. `lost`: given up because its sender died while it was on its way. */
export async function differencesInMails(world: World): Promise<{ findings: string[]; mails: number; lost: number }> {
  const events = await world.query<{ id: string; orderId: string }>(
    'ORDER',
    'SELECT event_id AS id, order_id AS "orderId" FROM outbox_events WHERE topic = ANY ($1)',
    [CUSTOMER_TOPICS],
  );
  const told = await world.query<{ id: string; status: string; error: string | null }>(
    'NOTIFICATION',
    `SELECT event_id AS id, status, error FROM notifications WHERE channel = 'EMAIL'`,
  );
  const mailsOf = new Map<string, number>();
  const byOrder = groupByOrder(events);
  const mails = (await (await fetch(new URL('/email', world.inboxUrl))).json()) as { subject: string; text: string }[];
  for (const { subject, text } of mails) {
    const id = `${subject} ${text}`.match(/ord_[0-9a-f]+/)?.[0] ?? '';
    mailsOf.set(id, (mailsOf.get(id) ?? 0) + 1);
  }
  const states = new Map(told.map((row) => [row.id, row]));
  const findings: string[] = [];
  let lost = 0;
  for (const [orderId, itsEvents] of byOrder) {
    const sent = itsEvents.filter(({ id }) => states.get(id)?.status === 'SENT').length;
    const unsure = itsEvents.filter(({ id }) => states.get(id)?.status === 'FAILED').length;
    const untold = itsEvents.filter(({ id }) => !['SENT', 'FAILED'].includes(states.get(id)?.status ?? ''));
    const got = mailsOf.get(orderId) ?? 0;
    lost += unsure;
    if (untold.length > 0) findings.push(`${orderId}: nobody was told of ${untold.map(({ id }) => id).join(', ')}`);
    if (got < sent || got > sent + unsure) findings.push(`${orderId}: ${got} mails, and ${sent} are marked as sent`);
  }
  return { findings, mails: mails.length, lost };
}

/** Until all that customers are to be told of has been sent, or given up. */
export async function allAreTold(world: World, withinMs: number): Promise<void> {
  await world.until(
    'all customers to be told',
    async () => {
      const [[events], [told]] = await Promise.all([
        world.query<{ count: number }>(
          'ORDER',
          'SELECT count(*)::integer AS count FROM outbox_events WHERE topic = ANY ($1)',
          [CUSTOMER_TOPICS],
        ),
        world.query<{ count: number }>(
          'NOTIFICATION',
          `SELECT count(*)::integer AS count FROM notifications WHERE channel = 'EMAIL' AND status <> 'PENDING'`,
        ),
      ]);
      if (told?.count === events?.count) return true;
      throw new Error(`${told?.count} of ${events?.count}`);
    },
    withinMs,
  );
}

function groupByOrder<T extends { orderId: string }>(rows: T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(row.orderId, [...(groups.get(row.orderId) ?? []), row]);
  return groups;
}
