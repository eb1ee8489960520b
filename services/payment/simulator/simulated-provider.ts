import type { PendingCharge } from '../../../contracts/activities/payment-activities.js';
import { PAYMENT_METHODS } from '../../../contracts/payment-methods.js';
import { randomUUID } from 'node:crypto';
import {
  ProviderUnavailable,
  type PaymentProvider,
  type ProviderAnswer,
  type ProviderCapture,
  type ProviderCharge,
  type ProviderCaptureRequest,
  type ProviderEntry,
  type ProviderPart,
  type ProviderRefund,
  type ProviderRefundPart,
} from '../payment-provider.js';
import { CHALLENGED_METHOD, CHALLENGE_PAGE } from './challenges.js';
import { canBeHeld, HOLD_EXPIRED, madeNow } from './holds.js';
import type { LedgerEntry, LedgerRefund, PrismaClient } from './prisma/generated/client.js';
import { createSimulatorSwitch } from './simulator-switch.js';

/** What the simulated provider does at one attempt. `lost`: it charges, but nobody hears of it. `await`: it waits for the money, or for its customer. */
type Behaviour =
  | { does: 'charge'; answer: 'given' | 'lost' }
  | { does: 'decline'; code: string }
  | { does: 'fail'; why: string }
  | { does: 'await'; paid: 'later' | 'never' | 'once confirmed' };

interface Attempt {
  /** From 1, over all processes and restarts. */
  number: number;
  providerUp: boolean;
}

type Method = (typeof PAYMENT_METHODS)[number];

const charge: Behaviour = { does: 'charge', answer: 'given' };

const BEHAVIOURS: Record<Method, (attempt: Attempt) => Behaviour> = {
  card_ok: () => charge,
  card_declined: () => ({ does: 'decline', code: 'card_declined' }),
  card_insufficient_funds: () => ({ does: 'decline', code: 'insufficient_funds' }),
  card_lost_answer: ({ number }) => (number === 1 ? { does: 'charge', answer: 'lost' } : charge),
  card_flaky: ({ number }) => (number <= 2 ? { does: 'fail', why: 'internal error' } : charge),
  card_provider_down: ({ providerUp }) => (providerUp ? charge : { does: 'fail', why: 'the provider is down' }),
  card_review: () => charge,
  card_hold_expires: () => charge,
  card_3ds: () => ({ does: 'await', paid: 'once confirmed' }),
  bank_transfer: () => ({ does: 'await', paid: 'later' }),
  bank_transfer_unpaid: () => ({ does: 'await', paid: 'never' }),
};

/** The caller says by the payment method what the provider shall do, so that every path can be seen. */
export function behaviourOf(method: string, attempt: Attempt): Behaviour {
  return isMethod(method) ? BEHAVIOURS[method](attempt) : { does: 'decline', code: 'unknown_payment_method' };
}

/** Only this method looks at whether the provider is up. */
function asksWhetherUp(method: string): boolean {
  return method === 'card_provider_down';
}

function isMethod(method: string): method is Method {
  return (PAYMENT_METHODS as readonly string[]).includes(method);
}

interface SimulatorSettings {
  /** From the charge by `bank_transfer` until it is paid. */
  transferMs: number;
  /** Where its customer confirms a charge by `card_3ds`, `{challengeId}` in place of its id. */
  challengePage?: string;
}

/**
 * A payment provider with a ledger of its own, idempotent by key as a real one. Each change of an entry is conditional
 * on how it was read, and read again when it had moved: so of calls at once, from any process, one decides.
 */
export function createSimulatedProvider(
  prisma: PrismaClient,
  { transferMs, challengePage = CHALLENGE_PAGE }: SimulatorSettings,
): PaymentProvider {
  const ledger = prisma.ledgerEntry;
  const state = createSimulatorSwitch(prisma);

  const failWhileDown = async (method: string): Promise<void> => {
    if (asksWhetherUp(method) && (await state.read()).provider === 'down')
      throw new ProviderUnavailable('the provider is down');
  };

  /** The money comes by itself, and a hold ends by itself: that is found whenever somebody looks. */
  const passTime = async (idempotencyKey?: string): Promise<void> => {
    const now = new Date();
    await ledger.updateMany({
      where: { ...(idempotencyKey !== undefined && { idempotencyKey }), status: 'HELD', holdExpiresAt: { lte: now } },
      data: { status: 'DECLINED', declineCode: HOLD_EXPIRED, updatedAt: now },
    });
    await ledger.updateMany({
      where: { ...(idempotencyKey !== undefined && { idempotencyKey }), status: 'TRIED', paidAt: { lte: now } },
      data: { status: 'CHARGED', updatedAt: now },
    });
  };

  /** What the caller hears, once it stands in the ledger. */
  const answer = (entry: LedgerEntry, behaviour?: Behaviour): ProviderAnswer => {
    if (behaviour?.does === 'fail') throw new ProviderUnavailable(behaviour.why);
    if (behaviour?.does === 'charge' && behaviour.answer === 'lost')
      throw new ProviderUnavailable('the answer was lost');
    switch (entry.status) {
      case 'CHARGED':
        return { outcome: 'charged', chargeId: entry.chargeId };
      case 'HELD': {
        const expiresAt = entry.holdExpiresAt?.toISOString();
        return { outcome: 'held', chargeId: entry.chargeId, ...(expiresAt !== undefined && { expiresAt }) };
      }
      case 'DECLINED':
        return { outcome: 'declined', code: entry.declineCode ?? 'declined' };
      case 'TRIED':
        return { outcome: 'pending', ...leftToDo(entry) };
      default:
        return { outcome: 'voided' };
    }
  };

  const leftToDo = ({ method, chargeId }: LedgerEntry): Pick<PendingCharge, 'nextAction'> => {
    if (method !== CHALLENGED_METHOD) return {};
    return { nextAction: { type: 'redirect', url: challengePage.replace('{challengeId}', chargeId) } };
  };

  const charge = async ({ capture, ...request }: ProviderCharge): Promise<ProviderAnswer> => {
    const { idempotencyKey } = request;
    const hold = capture === false && canBeHeld(request.method);
    const providerUp = asksWhetherUp(request.method) && (await state.read()).provider === 'up';
    const first = behaviourOf(request.method, { number: 1, providerUp });
    const paidAt = first.does === 'await' && first.paid === 'later' ? new Date(Date.now() + transferMs) : null;
    const [created] = await ledger.createManyAndReturn({
      data: [
        {
          ...{ ...request, amount: BigInt(request.amount), chargeId: newChargeId() },
          ...{ ...entryAfter(first, { ...request, hold }), attempts: 1, hold, paidAt, tellAt: paidAt },
        },
      ],
      skipDuplicates: true,
    });
    if (created) return answer(created, first);
    await passTime(idempotencyKey);
    for (;;) {
      const entry = await ledger.findUniqueOrThrow({ where: { idempotencyKey } });
      if (entry.status !== 'TRIED') return answer(entry);
      const attempts = entry.attempts + 1;
      const behaviour = behaviourOf(entry.method, { number: attempts, providerUp });
      const [changed] = await ledger.updateManyAndReturn({
        where: { idempotencyKey, status: 'TRIED', attempts: entry.attempts },
        data: { ...entryAfter(behaviour, entry), attempts, updatedAt: new Date() },
      });
      if (changed) return answer(changed, behaviour);
    }
  };

  const find: PaymentProvider['find'] = async ({ idempotencyKey }) => {
    await passTime(idempotencyKey);
    const entry = await ledger.findUnique({ where: { idempotencyKey } });
    if (entry === null) return { outcome: 'none' };
    await failWhileDown(entry.method);
    return entry.status === 'TRIED' && !isAwaited(entry) ? { outcome: 'none' } : answer(entry);
  };

  const refund = async ({ idempotencyKey }: { idempotencyKey: string }): Promise<ProviderRefund> => {
    await passTime(idempotencyKey);
    for (;;) {
      const entry = await ledger.findUnique({ where: { idempotencyKey } });
      if (entry === null) {
        // XXX is ISO 4217's code for "no currency".
        const mark = { idempotencyKey, chargeId: newChargeId(), amount: 0n, currency: 'XXX', method: '' };
        const { count } = await ledger.createMany({ data: [{ ...mark, status: 'VOIDED' }], skipDuplicates: true });
        if (count === 1) return { refunded: false };
      } else if (entry.status === 'CHARGED' || entry.status === 'HELD' || entry.status === 'TRIED') {
        if (entry.status !== 'TRIED') await failWhileDown(entry.method);
        await ledger.updateMany({
          where: { idempotencyKey, status: entry.status },
          data:
            entry.status === 'CHARGED'
              ? { status: 'REFUNDED', updatedAt: new Date() }
              : { status: 'VOIDED', tellAt: null, updatedAt: new Date() },
        });
      } else {
        return entry.status === 'REFUNDED' ? { refunded: true, chargeId: entry.chargeId } : { refunded: false };
      }
    }
  };

  /** Of those at once, and of an undo beside them, one finds it held. */
  const capture = async ({ chargeKey, amount }: ProviderCaptureRequest): Promise<ProviderCapture> => {
    await passTime(chargeKey);
    const known = await ledger.findUnique({ where: { idempotencyKey: chargeKey } });
    if (known === null) return { outcome: 'refused', code: 'no_such_charge' };
    await failWhileDown(known.method);
    const now = new Date();
    const { count } = await ledger.updateMany({
      where: { idempotencyKey: chargeKey, status: 'HELD', amount: { gte: amount }, holdExpiresAt: { gt: now } },
      data: { status: 'CHARGED', amount: BigInt(amount), updatedAt: now },
    });
    const entry = await ledger.findUniqueOrThrow({ where: { idempotencyKey: chargeKey } });
    // Taken, and nobody hears of it.
    if (count === 1 && entry.method === 'card_lost_answer') throw new ProviderUnavailable('the answer was lost');
    if (entry.status === 'CHARGED') return { outcome: 'captured', chargeId: entry.chargeId };
    const isTooMuch = entry.status === 'HELD' && entry.amount < amount;
    return { outcome: 'refused', code: isTooMuch ? 'amount_too_large' : (entry.declineCode ?? 'not_held') };
  };

  /** What was refused stays so: less and less is left. */
  const refundPart = async ({ idempotencyKey, chargeKey, amount }: ProviderRefundPart): Promise<ProviderPart> => {
    const entry = await ledger.findUnique({ where: { idempotencyKey: chargeKey } });
    if (entry === null) return { outcome: 'refused', code: 'no_such_charge' };
    await failWhileDown(entry.method);
    if (entry.status === 'HELD') return { outcome: 'refused', code: 'charge_not_captured' };
    const part = { idempotencyKey, chargeKey, amount: BigInt(amount), refundId: `re_${randomUUID()}` };
    return prisma
      .$transaction(async (tables): Promise<ProviderPart> => {
        const { count } = await tables.ledgerRefund.createMany({ data: [part], skipDuplicates: true });
        const { refundId } = await tables.ledgerRefund.findUniqueOrThrow({ where: { idempotencyKey } });
        if (count === 0) return { outcome: 'refunded', refundId };
        const taken = await tables.$executeRaw`
          UPDATE ledger_entries SET refunded_in_parts = refunded_in_parts + ${part.amount}, updated_at = now()
          WHERE idempotency_key = ${chargeKey} AND status = 'CHARGED' AND refunded_in_parts + ${part.amount} <= amount`;
        if (taken === 0) throw new MoreThanIsLeftError();
        return { outcome: 'refunded', refundId };
      })
      .catch((error: unknown): ProviderPart => {
        if (!(error instanceof MoreThanIsLeftError)) throw error;
        return { outcome: 'refused', code: 'charge_already_refunded' };
      });
  };

  const list: PaymentProvider['list'] = async ({ after = '', limit, since }) => {
    await passTime();
    const entries = await ledger.findMany({
      where: {
        status: { not: 'TRIED' },
        idempotencyKey: { gt: after },
        ...(since && { updatedAt: { gte: since } }),
      },
      select: { idempotencyKey: true },
      orderBy: { idempotencyKey: 'asc' },
      take: limit,
    });
    return entries.map(({ idempotencyKey }) => idempotencyKey);
  };

  const entriesOf: PaymentProvider['entriesOf'] = async (keys) => {
    await passTime();
    const where = { status: { not: 'TRIED' }, idempotencyKey: { in: [...keys] } };
    return (await ledger.findMany({ where, include: { refunds: true } })).map(toEntry);
  };

  return { charge, capture, find, refund, refundPart, list, entriesOf };
}

/** Undoes what a transaction has written. */
class MoreThanIsLeftError extends Error {}

function toEntry(entry: LedgerEntry & { refunds: LedgerRefund[] }): ProviderEntry {
  const { idempotencyKey, chargeId, amount, currency, status, refunds, updatedAt } = entry;
  return {
    idempotencyKey,
    chargeId,
    amount: Number(amount),
    currency,
    // The column's CHECK holds it to these and TRIED.
    status: status as ProviderEntry['status'],
    parts: refunds.map((part) => ({
      idempotencyKey: part.idempotencyKey,
      refundId: part.refundId,
      amount: Number(part.amount),
    })),
    changedAt: updatedAt,
  };
}

/** What was not decided at once, though nothing failed. */
function isAwaited({ method, attempts }: LedgerEntry): boolean {
  return behaviourOf(method, { number: attempts, providerUp: true }).does === 'await';
}

const newChargeId = () => `ch_${randomUUID()}`;

function entryAfter(
  behaviour: Behaviour,
  of: { hold: boolean; method: string },
): { status: string; declineCode?: string; holdExpiresAt?: Date | null } {
  switch (behaviour.does) {
    case 'charge':
      return madeNow(of);
    case 'decline':
      return { status: 'DECLINED', declineCode: behaviour.code };
    case 'fail':
    case 'await':
      return { status: 'TRIED' };
  }
}
