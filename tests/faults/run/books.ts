import { CUSTOMER_TOPICS } from '../../../contracts/topics.js';
import type { Customers } from './customers.js';
import { kindOf } from './order-kinds.js';
import type { World } from './world.js';

interface OrderRow {
  id: string;
  status: string;
  reason: string | null;
  attention: boolean;
}

/** What the services' books say of the orders that are final, held against each other: a line for each difference. */
export async function differencesInBooks(world: World, customers: Customers, settledBefore: number): Promise<string[]> {
  const orders = await world.query<OrderRow>(
    'ORDER',
    `SELECT id, status, cancel_reason AS reason, needs_attention AS attention FROM orders
     WHERE status IN ('COMPLETED', 'CANCELLED') AND updated_at <= $1`,
    [new Date(settledBefore)],
  );
  const [payments, ledger, reservations] = await Promise.all([
    statusByOrder(world, 'PAYMENT', 'SELECT order_id AS id, status FROM payments'),
    statusByOrder(world, 'PAYMENT_SIMULATOR', 'SELECT idempotency_key AS id, status FROM ledger_entries'),
    statusByOrder(world, 'INVENTORY', 'SELECT order_id AS id, status FROM reservations'),
  ]);
  const findings: string[] = [];
  for (const { id, status, reason, attention } of orders) {
    const end = status === 'COMPLETED' ? 'COMPLETED' : (reason ?? 'no reason');
    if (attention) findings.push(`${id} is ${end} and asks for an operator`);
    const held = [payments, ledger, reservations].map((books) => [...(books.get(id) ?? [])]);
    const allowed = status === 'COMPLETED' ? COMPLETED : CANCELLED;
    for (const [index, [what, statuses]] of Object.entries(allowed).entries()) {
      const found = held[index] ?? [];
      const wrong = found.length === 0 ? status === 'COMPLETED' : found.some((one) => !statuses.includes(one));
      if (wrong) findings.push(`${id} is ${end}, but its ${what} is ${found.join(', ') || 'not there'}`);
    }
  }
  const ends = new Map(orders.map(({ id, status, reason }) => [id, status === 'COMPLETED' ? status : (reason ?? '')]));
  for (const { id, kind } of customers.placed) {
    const end = ends.get(id);
    if (end !== undefined && !(kindOf(kind).ends as readonly string[]).includes(end))
      findings.push(`${id}, "${kind}", ended as ${end}`);
  }
  return findings;
}

/** What each may be at the end, in the payment service's books, the provider's, and the stock's. */
const COMPLETED = { payment: ['CHARGED'], charge: ['CHARGED'], reservation: ['COMMITTED'] };
const CANCELLED = {
  payment: ['DECLINED', 'REFUNDED', 'VOIDED'],
  charge: ['DECLINED', 'REFUNDED', 'VOIDED'],
  reservation: ['RELEASED', 'RETURNED', 'REFUSED'],
};

async function statusByOrder(
  world: World,
  database: 'PAYMENT' | 'PAYMENT_SIMULATOR' | 'INVENTORY',
  sql: string,
): Promise<Map<string, Set<string>>> {
  const byOrder = new Map<string, Set<string>>();
  for (const { id, status } of await world.query<{ id: string; status: string }>(database, sql))
    byOrder.set(id, (byOrder.get(id) ?? new Set()).add(status));
  return byOrder;
}

/** Once every order is final: no unit held, none lost, none made. */
export async function differencesInStock(world: World, { stock }: Customers): Promise<string[]> {
  const findings: string[] = [];
  for (const { product, quantity: put } of stock) {
    const [level] = await world.query<{ quantity: number; reserved: number }>(
      'INVENTORY',
      'SELECT quantity, reserved FROM stock_levels WHERE product_id = $1',
      [product.id],
    );
    const [gone] = await world.query<{ sum: number }>(
      'INVENTORY',
      `SELECT coalesce(sum(quantity), 0)::integer AS sum FROM reservations WHERE product_id = $1 AND status = 'COMMITTED'`,
      [product.id],
    );
    const [quantity = -1, reserved = -1, sold = -1] = [level?.quantity, level?.reserved, gone?.sum];
    if (reserved !== 0 || quantity + sold !== put)
      findings.push(`product ${product.id}: of ${put} ${sold} are sold, ${quantity} left and ${reserved} held`);
  }
  return findings;
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
