import type Stripe from 'stripe';
import { inParallel } from '../../../platform/in-parallel.js';
import type { Logger } from '../../../platform/logger.js';
import type { PaymentProvider, ProviderEntry } from '../payment-provider.js';
import type { Prisma, PrismaClient, StripeIntent } from '../prisma/generated/client.js';
import { askStripe, StripeRefused } from './ask-stripe.js';
import { answerOf, entryOf, leftOf, METADATA } from './stripe-answers.js';
import { REFUND_EVENTS, STRIPE } from './stripe-events.js';

/** Of a hundred calls a second that Stripe allows. */
const ASKED_AT_ONCE = 10;
/** Half of what a page of a reconciliation has: the page itself is asked for after that. */
const LEARNS_FOR_MS = 4_000;
/** As many as Stripe gives at once. */
const PAGE = 100;

/** Taken, or held. */
const HAS_MONEY: readonly Stripe.PaymentIntent.Status[] = ['succeeded', 'requires_capture'];

/** What of our payment database Stripe's side needs. */
export type StripeTables = Pick<PrismaClient, 'stripeIntent' | 'providerEvent'>;

/** What stands in Stripe's books, and which of it is ours. */
export function createStripeBooks(
  stripe: Stripe,
  { stripeIntent: intents, providerEvent: events }: StripeTables,
  logger: Logger,
  learnsForMs = LEARNS_FOR_MS,
) {
  const look = (id: string) => askStripe(() => stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }));
  /** undefined: Stripe does not know it, as after test data were deleted. */
  const lookIfThere = (id: string) => look(id).catch(unlessRefused(({ code }) => code === 'resource_missing'));
  const refundsOf = (id: string) =>
    askStripe(() => stripe.refunds.list({ payment_intent: id, limit: PAGE }).autoPagingToArray({ limit: 1_000 }));

  /** Which intent is a key's: where none stands there yet. What we have called off stays so. */
  const writeDown = async (found: { key: string; intentId: string }[]): Promise<void> => {
    await intents.createMany({ data: found, skipDuplicates: true });
    const rows = await intents.findMany({ where: { key: { in: found.map(({ key }) => key) } } });
    const ofKey = new Map(rows.map((row) => [row.key, row.intentId]));
    for (const { key, intentId } of found) {
      const ours = ofKey.get(key);
      if (ours === null)
        await intents.updateMany({ where: { key, intentId: null }, data: { intentId, updatedAt: new Date() } });
      else if (ours !== intentId)
        logger.error({ orderId: key, intentId, ours }, 'Stripe has another intent of this order, too');
    }
  };

  /**
   * The row of a charge, also where our database was restored from before it: then Stripe's search by metadata finds it,
   * a minute after it was made, an hour at worst. Not for what was never asked of Stripe: a search takes its time.
   */
  const rowOf = async (key: string): Promise<StripeIntent | null> => {
    const where = { key };
    const row = await intents.findUnique({ where });
    if (row !== null && row.intentId !== null) return row;
    const query = `metadata['${METADATA.charge}']:'${key}'`;
    // Not every account may search (those of India may not).
    const found = await askStripe(() => stripe.paymentIntents.search({ query, limit: PAGE })).catch(unlessRefused());
    const tried = found?.data.filter((intent) => answerOf(intent).outcome !== 'none') ?? [];
    const intent = tried.find(({ status }) => HAS_MONEY.includes(status)) ?? tried[0];
    if (intent === undefined) return row;
    await writeDown([{ key, intentId: intent.id }]);
    return intents.findUnique({ where });
  };

  /** Stripe's list, the newest first, a page at a time, as far as there is time for it. */
  const read = async <T extends { id: string }>(
    what: string,
    list: (page: { limit: number; starting_after?: string }) => Promise<Stripe.ApiList<T>>,
    learn: (page: T[]) => Promise<unknown>,
  ): Promise<void> => {
    const until = Date.now() + learnsForMs / 2;
    let after: string | undefined;
    do {
      const from = after;
      const page = await askStripe(() => list({ limit: PAGE, ...(from !== undefined && { starting_after: from }) }));
      await learn(page.data);
      after = page.has_more ? page.data.at(-1)?.id : undefined;
      if (after !== undefined && Date.now() >= until)
        return logger.warn({ what, after }, "what is older in Stripe's list is not read");
    } while (after !== undefined);
  };

  /** What was charged there though we may have lost sight of it, and with `since`, which was given back there by hand. */
  const learn = async (since: Date | undefined): Promise<void> => {
    const newer = since && { created: { gte: Math.floor(since.getTime() / 1000) } };
    const learnIntents = (page: Stripe.PaymentIntent[]) =>
      writeDown(
        page.flatMap(({ id: intentId, status, metadata: { [METADATA.charge]: key } }) =>
          key !== undefined && HAS_MONEY.includes(status) ? [{ key, intentId }] : [],
        ),
      );
    await read('intents', (page) => stripe.paymentIntents.list({ ...newer, ...page }), learnIntents);
    if (since === undefined) return;
    const learnRefunds = (page: Stripe.Refund[]) => {
      const intentId = { in: page.flatMap(({ payment_intent: of }) => (typeof of === 'string' ? of : (of?.id ?? []))) };
      return intents.updateMany({ where: { intentId, updatedAt: { lt: since } }, data: { updatedAt: new Date() } });
    };
    await read('refunds', (page) => stripe.refunds.list({ ...newer, ...page }), learnRefunds);
  };

  /** Moved by us, or a refund of it by the bank, of which Stripe has told us: its refunds are listed by when they were made. */
  const movedSince = async (since: Date): Promise<Prisma.StripeIntentWhereInput> => {
    const where = { provider: STRIPE, type: { in: REFUND_EVENTS }, receivedAt: { gte: since } };
    const told = await events.findMany({ where, select: { chargeKey: true } });
    const keys = told.flatMap(({ chargeKey }) => chargeKey ?? []);
    return { OR: [{ updatedAt: { gte: since } }, { key: { in: keys } }] };
  };

  const list: PaymentProvider['list'] = async ({ after, limit, since }) => {
    if (after === undefined) await learn(since);
    const rows = await intents.findMany({
      where: { key: { gt: after ?? '' }, intentId: { not: null }, ...(since && (await movedSince(since))) },
      orderBy: { key: 'asc' },
      take: limit,
    });
    return rows.map(({ key }) => key);
  };

  const entriesOf: PaymentProvider['entriesOf'] = async (keys) => {
    const rows = await intents.findMany({ where: { key: { in: [...keys] } } });
    const entries = await inParallel(rows, ASKED_AT_ONCE, async (row): Promise<ProviderEntry | undefined> => {
      if (row.intentId === null) return undefined;
      const intent = await lookIfThere(row.intentId);
      if (intent === undefined) return undefined;
      // Those that were sent back leave no trace in what is left.
      const moved = intent.status === 'succeeded' && leftOf(intent) < intent.amount;
      return entryOf(row, intent, moved ? await refundsOf(intent.id) : []);
    });
    return entries.filter((entry) => entry !== undefined);
  };

  return { look, refundsOf, rowOf, list, entriesOf };
}

/** undefined in place of such a refusal. */
const unlessRefused =
  (expected: (refusal: StripeRefused) => boolean = () => true) =>
  (error: unknown): undefined => {
    if (!(error instanceof StripeRefused) || !expected(error)) throw error;
  };
