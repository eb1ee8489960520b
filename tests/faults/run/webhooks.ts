import { setTimeout as pause } from 'node:timers/promises';
import { createReportPoster } from '../../../platform/post-report.js';
import { SIMULATED_PROVIDER, webhookHeaders } from '../../../services/payment/simulator/provider-events.js';
import type { PlacedOrder } from './customers.js';
import { kindOf } from './order-kinds.js';
import type { Random } from './random.js';
import type { World } from './world.js';

/** Webhooks of one charge, each sent twice: a hundred at once. */
const EVENTS = 50;
const TYPES = ['charge.failed', 'charge.processing', 'charge.succeeded'];

/** How long an operator would look before asking who has lost an event. */
const PATIENCE_MS = 90_000;
const AGAIN_AFTER_MS = 250;

/**
 * What the provider says of a charge, and then some: a hundred webhooks at once, each sent twice, in any order, most of which say what
 * is not so; each again until it is taken. Only that there is news may be believed.
 */
export async function sendBurst(world: World, random: Random, orderId: string): Promise<void> {
  const post = createReportPoster({
    urls: [world.gatewayUrl],
    headersOf: (body) => webhookHeaders(body, world.webhookSigner),
    takenAs: 200,
  });
  const events = Array.from({ length: EVENTS }, (_, index) =>
    JSON.stringify({ id: `${orderId}:${index}`, type: random.pick(TYPES), chargeKey: orderId }),
  );
  const send = (body: string) =>
    world.until(
      `a webhook of ${orderId} to be taken`,
      async () => {
        const failure = await post(`/payments/webhooks/${SIMULATED_PROVIDER}`, body, world.signal);
        if (failure === undefined) return true;
        await pause(AGAIN_AFTER_MS);
        throw new Error(failure);
      },
      PATIENCE_MS,
    );
  await Promise.all(random.shuffled([...events, ...events]).map(send));
}

/** The provider decides, and what it sends of that is lost: nobody tries again. false: it was faster, and has told. */
export async function loseWebhook(world: World, orderId: string): Promise<boolean> {
  const sql = `
    UPDATE ledger_entries AS entry
    SET status = 'CHARGED', tell_at = CASE was.status WHEN 'TRIED' THEN NULL ELSE entry.tell_at END, updated_at = now()
    FROM (SELECT status FROM ledger_entries WHERE idempotency_key = $1 FOR UPDATE) AS was
    WHERE entry.idempotency_key = $1 AND was.status IN ('TRIED', 'CHARGED') RETURNING was.status`;
  const { status } = await world.until(
    `the charge of ${orderId}`,
    async () => (await world.query<{ status: string }>('PAYMENT_SIMULATOR', sql, [orderId]))[0],
    PATIENCE_MS,
  );
  return status === 'TRIED';
}

/** Once every order is final: what came of the provider stands in the inbox once, and somebody was told of each. */
export async function differencesInWebhooks(world: World, placed: readonly PlacedOrder[]): Promise<string[]> {
  const bursts = placed.filter(({ kind }) => kindOf(kind).webhooks === 'burst').map(({ id }) => id);
  const lost = placed.filter(({ lostWebhook }) => lostWebhook).map(({ id }) => id);
  const waiting = () =>
    world.query<{ id: string }>('PAYMENT', `SELECT event_id AS id FROM provider_events WHERE state <> 'TOLD'`);
  await world
    .until('the webhooks to be told', async () => (await waiting()).length === 0, PATIENCE_MS)
    .catch(() => world.signal.throwIfAborted());
  const untold = (await waiting()).map(({ id }) => `${id}: nobody was told of this webhook`);
  const counted = await world.query<{ id: string; events: number }>(
    'PAYMENT',
    `SELECT charge_key AS id, count(*)::integer AS events FROM provider_events
     WHERE charge_key = ANY ($1) AND event_id LIKE 'ord%' GROUP BY charge_key`,
    [bursts],
  );
  const eventsOf = new Map(counted.map(({ id, events }) => [id, events]));
  const short = bursts.filter((id) => eventsOf.get(id) !== EVENTS);
  const came = await world.query<{ id: string }>(
    'PAYMENT',
    'SELECT DISTINCT charge_key AS id FROM provider_events WHERE charge_key = ANY ($1)',
    [lost],
  );
  return [
    ...untold,
    ...short.map((id) => `${id}: of ${EVENTS} webhooks ${eventsOf.get(id) ?? 0} are in the inbox`),
    ...came.map(({ id }) => `${id}: its webhook was to be lost, and came`),
  ];
}
