import { Pool } from 'pg';
import { CUSTOMER_TOPICS, type CustomerTopic, type Topic } from '../../contracts/topics.js';
import type { OrderStatus } from '../../contracts/order-status.js';
import type { LeftBehind } from '../../docs/made-from-code/end-states.js';
import { server } from './servers.js';

/** What stands of an order in the books of all services. */
export interface InTheBooks extends LeftBehind {
  status: OrderStatus;
  /** The statuses that it has had. */
  statuses: OrderStatus[];
  total: number;
  /** Payments less refunds, in the minor unit: by our books, and by the provider's own. */
  net: { ours: number; theProviders: number };
  /** What its customer is to be told by e-mail, as far as the order's events go, and what is being sent. */
  toBeTold: CustomerTopic[];
  unsent: number;
}

export interface Books {
  of(orderIds: readonly string[]): Promise<Map<string, InTheBooks>>;
  close(): Promise<void>;
}

type Row = Record<string, unknown> & { order_id: string };

/** Reads the databases of a running application, for what no caller is shown. `app.temporalNamespace` names them too. */
export function openBooks({ temporalNamespace }: { temporalNamespace: string }): Books {
  const pools = new Map<string, Pool>();
  const rows = async (database: string, sql: string, ids: readonly string[]): Promise<Map<string, Row>> => {
    const url = new URL(server('POSTGRES_ADMIN_URL'));
    url.pathname = `/${temporalNamespace}_${database}`;
    const pool = pools.get(database) ?? new Pool({ connectionString: url.href, max: 2 });
    pools.set(database, pool);
    const found = await pool.query<Row>(sql, [ids]);
    return new Map(found.rows.map((row) => [row.order_id, row]));
  };

  return {
    of: async (ids) => {
      const [orders, reservations, payments, ledger, deliveries, mails] = await Promise.all([
        rows('order', ORDERS, ids),
        rows('inventory', RESERVATIONS, ids),
        rows('payment', PAYMENTS, ids),
        rows('payment_simulator', LEDGER, ids),
        rows('delivery', DELIVERIES, ids),
        rows('notification', MAILS, ids),
      ]);
      const one = (id: string): InTheBooks => {
        const order = orders.get(id);
        if (order === undefined) throw new Error(`there is no order ${id}`);
        return {
          status: order['status'] as OrderStatus,
          statuses: order['statuses'] as OrderStatus[],
          total: Number(order['total']),
          reason: (order['cancel_reason'] as LeftBehind['reason'] | null) ?? undefined,
          reservation: (reservations.get(id)?.['status'] ?? 'none') as LeftBehind['reservation'],
          payment: (payments.get(id)?.['status'] ?? 'none') as LeftBehind['payment'],
          delivery: (deliveries.get(id)?.['status'] ?? 'none') as LeftBehind['delivery'],
          net: { ours: Number(payments.get(id)?.['net'] ?? 0), theProviders: Number(ledger.get(id)?.['net'] ?? 0) },
          toBeTold: (order['topics'] as Topic[]).filter(isForCustomers),
          mails: (mails.get(id)?.['sent'] ?? []) as CustomerTopic[],
          unsent: Number(mails.get(id)?.['unsent'] ?? 0),
        };
      };
      return new Map(ids.map((id) => [id, one(id)]));
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}

const isForCustomers = (topic: Topic): topic is CustomerTopic => (CUSTOMER_TOPICS as readonly Topic[]).includes(topic);

const ORDERS = `
  SELECT id AS order_id, status, cancel_reason, total_price AS total,
    ARRAY(SELECT shown->>'status' FROM status_changes WHERE order_id = orders.id ORDER BY number) AS statuses,
    ARRAY(SELECT topic FROM outbox_events WHERE order_id = orders.id ORDER BY sequence) AS topics
  FROM orders WHERE id = ANY($1)`;

/** Lines that differ would be seen as such: no status has two names. */
const RESERVATIONS = `
  SELECT order_id, string_agg(DISTINCT status, ' and ') AS status
  FROM reservations WHERE order_id = ANY($1) GROUP BY order_id`;

const PAYMENTS = `
  SELECT order_id, status, CASE WHEN status IN ('CHARGED', 'REFUNDED') THEN payments.amount ELSE 0 END
    - coalesce((SELECT sum(amount) FROM payment_operations AS operation
      WHERE operation.order_id = payments.order_id AND kind = 'REFUND' AND state = 'DONE'), 0) AS net
  FROM payments WHERE order_id = ANY($1)`;

const LEDGER = `
  SELECT idempotency_key AS order_id, CASE WHEN status = 'CHARGED' THEN amount - refunded_in_parts ELSE 0 END AS net
  FROM ledger_entries WHERE idempotency_key = ANY($1)`;

const DELIVERIES = 'SELECT order_id, status FROM deliveries WHERE order_id = ANY($1)';

const MAILS = `
  SELECT order_id, coalesce(array_agg(event ORDER BY sent_at) FILTER (WHERE status = 'SENT'), '{}') AS sent,
    count(*) FILTER (WHERE status <> 'SENT') AS unsent
  FROM notifications WHERE order_id = ANY($1) AND channel = 'EMAIL' GROUP BY order_id`;
