import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';

/**
 * What of Stripe our provider relies on, with a memory: intents and their states, refunds up to what is left, keys that
 * give their first answer again, answers that are lost. Written from https://docs.stripe.com/api (`idempotent_requests`,
 * `errors`, `payment_intents`, `refunds`); that the calls look like Stripe's stripe-mock shows.
 */
export async function startStripeStandIn({ key }: { key: string }) {
  const intents = new Map<string, Intent>();
  const refunds = new Map<string, Refund>();
  const kept = new Map<string, { asked: string; answer: Answer }>();
  const faults: Fault[] = [];
  const used = new Set<string>();
  const requests: { method: string; path: string; idempotencyKey: string | undefined }[] = [];
  const now = () => Math.floor(Date.now() / 1000);
  let count = 0;
  let short = 0;
  let searchLags = false;
  let comesBack = 0;
  const failRefund = (refund: Refund) => {
    const charge = intents.get(refund.payment_intent)?.latest_charge;
    if (charge) charge.amount_refunded -= refund.amount;
    Object.assign(refund, { status: 'failed', failure_reason: 'lost_or_stolen_card' });
  };

  const newId = (kind: string) => `${kind}_${++count}_${String(process.pid)}`;

  const calls: Record<string, (id: string, body: Body) => Answer> = {
    'POST payment_intents': (_id, { amount, currency, metadata = {}, payment_method_options: options }) => {
      if (Number(amount) < 1) return refused('amount_too_small', 'amount');
      const holds = options?.card?.capture_method === 'manual';
      const intent = newIntent(newId('pi'), { amount: Number(amount), currency: String(currency), metadata, holds });
      intents.set(intent.id, { ...intent, created: now() });
      return ok(intents.get(intent.id));
    },
    'POST payment_intents confirm': (id, { payment_method: method }) => {
      const intent = intents.get(id);
      if (intent === undefined) return refused('resource_missing', 'intent');
      if (!isOpen(intent)) return refused('payment_intent_unexpected_state', undefined);
      const behaviour = METHODS[String(method).replace(/_once_.*/, '')];
      if (behaviour === undefined) return refused('resource_missing', 'payment_method');
      // Without a code, and without a field.
      if (used.has(String(method))) return refused(undefined, undefined);
      if (!REUSABLE.test(String(method))) used.add(String(method));
      intent.latest_charge = { id: newId('ch'), object: 'charge', amount_refunded: 0, created: now() };
      if (typeof behaviour === 'string') {
        intent.status = behaviour === 'succeeded' && intent.holds ? 'requires_capture' : behaviour;
        return ok(intent);
      }
      intent.last_payment_error = { type: 'card_error', ...behaviour };
      return { status: 402, body: { error: { ...intent.last_payment_error, payment_intent: intent } } };
    },
    'POST payment_intents capture': (id, { amount_to_capture: amount }) => {
      const intent = intents.get(id);
      if (intent === undefined) return refused('resource_missing', 'intent');
      if (intent.status !== 'requires_capture') return refused('payment_intent_unexpected_state', undefined);
      if (Number(amount) > intent.amount) return refused('amount_too_large', 'amount_to_capture');
      intent.status = 'succeeded';
      return ok(intent);
    },
    'POST payment_intents cancel': (id) => {
      const intent = intents.get(id);
      if (intent === undefined) return refused('resource_missing', 'intent');
      if (!isOpen(intent) && intent.status !== 'requires_capture')
        return refused('payment_intent_unexpected_state', undefined);
      intent.status = 'canceled';
      return ok(intent);
    },
    'GET payment_intents search': (_id, { query }) => {
      const [, field = '', value] = /^metadata\['(\w+)'\]:'([^']*)'$/.exec(String(query)) ?? [];
      const found = [...intents.values()].filter(({ metadata }) => metadata[field] === value);
      return ok({ object: 'search_result', url: '/v1', data: searchLags ? [] : found, has_more: false });
    },
    'GET payment_intents': (id) => {
      const intent = intents.get(id);
      return intent ? ok(intent) : refused('resource_missing', 'intent');
    },
    'POST refunds': (_id, { payment_intent: of, amount, metadata = {} }) => {
      const intent = intents.get(String(of));
      const charge = intent?.latest_charge;
      if (!intent || !charge || intent.status !== 'succeeded') return refused('resource_missing', 'payment_intent');
      const left = intent.amount - charge.amount_refunded;
      if (left === 0) return refused('charge_already_refunded', undefined);
      const back = amount === undefined ? left : Number(amount);
      if (back < 1) return refused('parameter_invalid_integer', 'amount');
      if (short > 0) {
        short -= 1;
        return refused('balance_insufficient', undefined);
      }
      if (back > left) return refused(undefined, 'amount');
      charge.amount_refunded += back;
      const refund: Refund = {
        ...{ id: newId('re'), object: 'refund', payment_intent: intent.id, amount: back, metadata },
        ...{ status: 'succeeded', created: now() },
      };
      refunds.set(refund.id, refund);
      if (comesBack > 0) {
        comesBack -= 1;
        failRefund(refund);
      }
      return ok(refund);
    },
    'GET refunds': (id) => {
      const refund = refunds.get(id);
      return refund ? ok(refund) : refused('resource_missing', 'refund');
    },
    'GET list payment_intents': (_id, query) => listed([...intents.values()], query),
    'GET list refunds': (_id, query) => listed([...refunds.values()], query),
  };

  /** The first answer of a key is that of all who come with it later, whatever it was. */
  const answerTo = (request: Request, work: () => Answer): Answer => {
    const idempotencyKey = request.header('Idempotency-Key');
    const fault = faults[0] === 'down' ? 'down' : faults.shift();
    if (fault === 'limited') return { ...failed(429, 'rate_limit'), headers: { 'Retry-After': '0' } };
    if (fault === 'limited for long') return { ...failed(429, 'rate_limit'), headers: { 'Retry-After': '60' } };
    if (fault === 'down') return { ...failed(503, 'api_error'), headers: { 'Stripe-Should-Retry': 'false' } };
    const stays = { 'Stripe-Should-Retry': 'false' };
    const first = () => (fault === 'fails' ? { ...failed(500, 'api_error'), headers: stays } : work());
    const answer =
      idempotencyKey === undefined || request.method === 'GET' ? first() : byKey(idempotencyKey, request, first);
    return { ...answer, lost: fault === 'lost' };
  };

  const byKey = (idempotencyKey: string, request: Request, first: () => Answer): Answer => {
    const asked = JSON.stringify([request.path, request.body]);
    const known = kept.get(idempotencyKey);
    if (known === undefined) {
      const answer = first();
      // As it is now, whatever becomes of the object.
      kept.set(idempotencyKey, { asked, answer: structuredClone(answer) });
      return answer;
    }
    if (known.asked !== asked) return { status: 400, body: { error: { type: 'idempotency_error' } } };
    return { ...known.answer, headers: { 'Idempotent-Replayed': 'true', 'Stripe-Should-Retry': 'false' } };
  };

  const app = express();
  app.use(express.urlencoded({ extended: true }));
  app.all('/v1/:kind{/:id}{/:verb}', (request, response) => {
    const { kind = '', id = '', verb = '' } = request.params as Record<string, string | undefined>;
    requests.push({ method: request.method, path: request.path, idempotencyKey: request.header('Idempotency-Key') });
    const name = [request.method, request.method === 'GET' && id === '' ? 'list' : '', kind, verb];
    const call = calls[id === 'search' ? `GET ${kind} search` : name.filter(Boolean).join(' ')];
    const given = { ...(request.query as Body), ...(request.body as Body | undefined) };
    const { status, body, headers, lost } =
      request.header('Authorization') !== `Bearer ${key}`
        ? failed(401, 'invalid_request_error', `Invalid API Key provided: ${key.slice(0, 8)}***${key.slice(-4)}`)
        : answerTo(request, () => (call ? call(id, given) : failed(404, 'no such call')));
    if (lost) return void request.socket.destroy();
    response
      .status(status)
      .set({ ...headers, 'Request-Id': newId('req') })
      .json(body);
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    /** What happens to the next calls, in turn; 'down' stays until it is `up`. */
    next: (...what: Fault[]) => void faults.push(...what),
    up: () => {
      faults.splice(0);
      short = 0;
      searchLags = false;
    },
    /** As often as that its balance is too low for a refund. */
    isShort: (times: number) => void (short = times),
    /** The next refunds, so many, fail as soon as they are made. */
    failsAtOnce: (times: number) => void (comesBack = times),
    /** The bank sends back what was given back of it. */
    sendBack: (charge: string) => {
      for (const refund of refunds.values())
        if (Object.values(refund.metadata).includes(charge) && refund.status === 'succeeded') failRefund(refund);
    },
    /** Until it is up its search finds nothing. */
    lag: () => void (searchLags = true),
    /** As if its data for tests were deleted. */
    forgetIntent: (id: string) => void intents.delete(id),
    /** A day later. */
    forgetKeys: () => kept.clear(),
    /** What a bank decides later of what is `processing`. */
    settle: (charge: string, status: 'succeeded' | 'requires_payment_method') => {
      for (const intent of intents.values())
        if (Object.values(intent.metadata).includes(charge) && intent.status === 'processing') {
          intent.status = status;
          if (status !== 'succeeded') intent.last_payment_error = { type: 'card_error', code: 'debit_failed' };
        }
    },
    /** Nobody has captured it in its time. */
    expire: (charge: string) => {
      for (const intent of intents.values())
        if (Object.values(intent.metadata).includes(charge) && intent.status === 'requires_capture')
          Object.assign(intent, { status: 'canceled', cancellation_reason: 'automatic' });
    },
    intentsOf: (charge: string) =>
      [...intents.values()].filter(({ metadata }) => Object.values(metadata).includes(charge)),
    /** Charged there, and nobody here has heard of them. */
    chargeUnseen: (keys: readonly string[]) => {
      for (const key of keys) {
        const intent = newIntent(newId('pi'), { amount: 1, currency: 'usd', metadata: { holdfast_charge: key } });
        intents.set(intent.id, { ...intent, status: 'succeeded', created: now() });
      }
    },
    /** As somebody does on Stripe's own pages. */
    refundByHand: (of: string, amount: number) => calls['POST refunds']?.('', { payment_intent: of, amount }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `lost`: it is done, and nobody hears of it. `fails`: 500, which stays the answer to its key. */
type Fault = 'lost' | 'fails' | 'limited' | 'limited for long' | 'down' | 'none';

/** Stripe's own names for tests: each use makes a new method of it. */
const REUSABLE = /^pm_(card_[A-Za-z_]+|debit)$/;

/** Stripe's names of cards for tests, by what a confirmation by them ends with. */
const METHODS: Record<string, 'succeeded' | 'processing' | { code: string; decline_code?: string }> = {
  pm_card_visa: 'succeeded',
  pm_card_visa_chargeDeclined: { code: 'card_declined', decline_code: 'generic_decline' },
  pm_card_visa_chargeDeclinedInsufficientFunds: { code: 'card_declined', decline_code: 'insufficient_funds' },
  pm_card_authenticationRequired: { code: 'authentication_required', decline_code: 'authentication_required' },
  pm_debit: 'processing',
};

interface Body {
  [field: string]: unknown;
  metadata?: Record<string, string>;
  payment_method_options?: { card?: { capture_method?: string } };
}

interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  lost?: boolean;
}

interface Intent {
  id: string;
  object: 'payment_intent';
  amount: number;
  currency: string;
  status: 'requires_payment_method' | 'processing' | 'requires_capture' | 'succeeded' | 'canceled';
  metadata: Record<string, string>;
  /** It was made with `capture_method=manual` for cards. */
  holds?: boolean;
  latest_charge: { id: string; object: 'charge'; amount_refunded: number; created: number } | null;
  last_payment_error: { type: string; code: string; decline_code?: string } | null;
  created: number;
}

interface Refund {
  id: string;
  object: 'refund';
  payment_intent: string;
  amount: number;
  metadata: Record<string, string>;
  status: 'succeeded' | 'failed';
  created: number;
}

const newIntent = (id: string, of: Pick<Intent, 'amount' | 'currency' | 'metadata' | 'holds'>): Intent => ({
  ...{ id, object: 'payment_intent', status: 'requires_payment_method', latest_charge: null, last_payment_error: null },
  ...of,
  created: 0,
});

const isOpen = ({ status }: Intent) => status === 'requires_payment_method';
const ok = (body: unknown): Answer => ({ status: 200, body });
const failed = (status: number, type: string, message = type): Answer => ({
  status,
  body: { error: { type, message } },
});
const refused = (code: string | undefined, param: string | undefined): Answer => ({
  status: 400,
  body: { error: { type: 'invalid_request_error', code, param, message: code ?? `${param ?? ''} is wrong` } },
});

/** Newest first, a page at a time. */
function listed(all: (Intent | Refund)[], query: Body): Answer {
  const since = Number((query['created'] as { gte?: string } | undefined)?.gte ?? 0);
  const of = query['payment_intent'];
  const wanted = all
    .filter(
      (one) => one.created >= since && (of === undefined || ('payment_intent' in one && one.payment_intent === of)),
    )
    .reverse();
  const from = wanted.findIndex(({ id }) => id === query['starting_after']) + 1;
  const limit = Number(query['limit'] ?? 10);
  const data = wanted.slice(from, from + limit);
  return ok({ object: 'list', url: '/v1', data, has_more: from + limit < wanted.length });
}
