import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { stackFolder } from '../support/paths.js';
import { readState } from '../support/state.js';
import { createProgress, readOptions, type Step } from '../support/terminal.js';

const usage = `npm run load -- [--rate 5] [--for 30s] [--mix demo|happy] [--url <gateway>] [--elsewhere]

Places orders at a steady rate, whatever becomes of those before (an open model), and says how they were answered and how they ended.
Times are counted from the moment when an order was due, so one that had to wait for its turn is not counted as quick.
  --rate       orders a second, at most 200
  --for        for so long: 30s, 2m; at most 10m
  --mix        demo: of a hundred 70 go well, 10 cards are declined, 10 parcels refused, 5 are sold out, 5 cancelled; happy: all go well
  --url        the gateway; else that of the stack of npm start
  --elsewhere  also where that is not on this machine
A customer may place 300 orders a minute, and there are two; for more, RATE_LIMIT_ORDERS_PER_MINUTE=10000 npm start.
Ends with 1 where an order was answered with a 5xx, not at all, or was not over a minute after the last.`;

type Scenario = 'goes well' | 'card declined' | 'parcel refused' | 'sold out' | 'cancelled';

/** Of a hundred orders. */
const MIXES: Record<string, Partial<Record<Scenario, number>>> = {
  demo: { 'goes well': 70, 'card declined': 10, 'parcel refused': 10, 'sold out': 5, cancelled: 5 },
  happy: { 'goes well': 100 },
};

interface Sent {
  scenario: Scenario;
  /** 0: no answer. */
  status: number;
  /** Since it was due. */
  answeredMs: number;
  orderId: string | undefined;
  buyer: string;
}

/** `npm run load` */
export async function run() {
  const { url, rate, seconds, mix } = readOptions(usage, options);
  const gateway = url ?? readState(stackFolder(), 'app')?.urls.gateway;
  if (gateway === undefined) {
    console.error('Nothing runs here. Start it with: npm start');
    process.exit(2);
  }
  const progress = createProgress();
  const step = async <T>(title: string, work: (step: Step) => Promise<T>) => {
    const shown = progress.step(title);
    return work(shown).finally(() => shown.done());
  };
  const world = await openWorld(gateway);
  process.once('SIGINT', () => void world.close().finally(() => process.exit(130)));
  const sent = await step(`${rate} orders a second for ${seconds} s`, (shown) =>
    sendAll({ world, mix, rate, count: Math.max(1, Math.round(rate * seconds)), shown }),
  );
  const ends = await step('their ends', () => followAll(world, sent));
  progress.close();
  const said = report(sent, ends);
  console.log(said.text);
  await world.close();
  process.exit(said.isWell ? 0 : 1);
}

function options() {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '5' },
      for: { type: 'string', default: '30s' },
      mix: { type: 'string', default: 'demo' },
      url: { type: 'string' },
      elsewhere: { type: 'boolean', default: false },
    },
  });
  const rate = Number(values.rate);
  if (!(rate > 0 && rate <= 200)) throw new Error('--rate must be a number up to 200');
  const [, number, unit] = /^(\d+)(s|m)$/.exec(values.for) ?? [];
  const seconds = Number(number) * (unit === 'm' ? 60 : 1);
  if (!(seconds > 0 && seconds <= 600)) throw new Error('--for must be such as 30s or 2m, at most 10m');
  const mix = MIXES[values.mix];
  if (mix === undefined) throw new Error(`--mix must be one of ${Object.keys(MIXES).join(', ')}`);
  const isHere =
    values.url === undefined || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(values.url).hostname);
  if (!isHere && !values.elsewhere)
    throw new Error(`${values.url} is not on this machine: say --elsewhere if you mean it`);
  return { url: values.url?.replace(/\/+$/, ''), rate, seconds, mix };
}

interface Answer {
  /** 0: none came. */
  status: number;
  /** What is read of it here. */
  answer: {
    id?: string | number;
    orderId?: string;
    accessToken?: string;
    items?: { id: string; status: string; cancelReason?: string }[];
    nextCursor?: string;
  };
}

type World = Awaited<ReturnType<typeof openWorld>>;

/** Two customers, a product of which there is enough and one that is sold out; neither stands in the shop longer than the run. */
async function openWorld(gateway: string) {
  const call = async (method: string, path: string, body?: unknown, token?: string): Promise<Answer> => {
    const response = await fetch(`${gateway}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const answer = (await response.json().catch(() => ({}))) as Answer['answer'];
    return { status: response.status, answer };
  };
  const must = async (...request: Parameters<typeof call>) => {
    const { status, answer } = await call(...request);
    if (status >= 300)
      throw new Error(`${request[0]} ${request[1]} was answered with ${status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const logIn = async (name: string) =>
    String((await must('POST', '/sessions', { email: `${name}@example.com`, password: 'holdfast-demo' })).accessToken);
  const [admin, ...buyers] = await Promise.all(['admin', 'alice', 'bob'].map(logIn));
  const product = async (quantity: number) => {
    const made = { name: 'Load', category: 'Load', price: 1_000, currency: 'KRW' };
    const id = Number((await must('POST', '/products', made, admin)).id);
    await must('PUT', `/inventory/${id}`, { quantity }, admin);
    return id;
  };
  const [stocked, soldOut] = await Promise.all([product(1_000_000), product(0)]);
  const close = async () => {
    for (const id of [stocked, soldOut])
      await must('PATCH', `/products/${id}`, { active: false }, admin).catch((error: unknown) =>
        console.error(`Product ${id} still stands in the shop: ${String(error)}`),
      );
  };
  return { call, buyers, stocked, soldOut, close };
}

async function sendAll(load: {
  world: World;
  mix: Partial<Record<Scenario, number>>;
  rate: number;
  count: number;
  shown: Step;
}): Promise<Sent[]> {
  const { world, mix, rate, count, shown } = load;
  // Spread over the hundred, so that a short run has some of each.
  const ofHundred = (Object.entries(mix) as [Scenario, number][])
    .flatMap(([scenario, n]) => Array.from({ length: n }, (_, at) => ({ scenario, at: (at + 0.5) / n })))
    .sort((a, b) => a.at - b.at);
  const beganAt = performance.now();
  const sent: Sent[] = [];
  const underWay: Promise<unknown>[] = [];
  for (let number = 0; number < count; number += 1) {
    const dueAt = beganAt + (number * 1000) / rate;
    await pause(Math.max(0, dueAt - performance.now()));
    const scenario = ofHundred[number % ofHundred.length]?.scenario ?? 'goes well';
    const buyer = world.buyers[number % world.buyers.length] ?? '';
    underWay.push(sendOne(world, scenario, buyer, dueAt).then((one) => sent.push(one)));
    shown.detail(`${number + 1} of ${count} sent, ${sent.length} answered`);
  }
  await Promise.all(underWay);
  return sent;
}

async function sendOne(world: World, scenario: Scenario, buyer: string, dueAt: number): Promise<Sent> {
  const body = {
    productId: scenario === 'sold out' ? world.soldOut : world.stocked,
    quantity: 1,
    paymentMethod: scenario === 'card declined' ? 'card_declined' : 'card_ok',
    shippingAddress: {
      name: 'Load',
      line1: '1 Sejong-daero',
      city: 'Seoul',
      postalCode: scenario === 'parcel refused' ? '00000' : '04524',
      country: 'KR',
    },
  };
  const { status, answer } = await world
    .call('POST', '/orders', body, buyer)
    .catch((): Answer => ({ status: 0, answer: {} }));
  const answeredMs = performance.now() - dueAt;
  const orderId = answer.orderId ?? (status < 300 ? String(answer.id) : undefined);
  if (scenario === 'cancelled' && status < 300)
    await world.call('POST', `/orders/${String(orderId)}/cancel`, {}, buyer).catch(() => undefined);
  return { scenario, status, answeredMs, orderId, buyer };
}

/** How each order that there is ended, by its id: `COMPLETED`, `CANCELLED` and why, or what it still is after a minute. */
async function followAll(world: World, sent: readonly Sent[]): Promise<Map<string, string>> {
  const ends = new Map<string, string>();
  const open = new Map(world.buyers.map((buyer) => [buyer, new Set<string>()]));
  for (const { orderId, buyer } of sent) if (orderId !== undefined) open.get(buyer)?.add(orderId);
  const look = async (buyer: string, left: Set<string>) => {
    // By pages of a hundred, the newest first: one by one they would be more requests than a customer may send.
    const unseen = new Set(left);
    for (let cursor: string | undefined = ''; unseen.size > 0 && cursor !== undefined;) {
      const path: string = `/orders?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const { answer }: Answer = await world
        .call('GET', path, undefined, buyer)
        .catch(() => ({ status: 0, answer: {} }));
      for (const { id, status, cancelReason } of answer.items ?? []) {
        if (!unseen.delete(id)) continue;
        const isOver = status === 'COMPLETED' || status === 'CANCELLED';
        ends.set(id, [isOver ? status : `not over: ${status}`, cancelReason].filter(Boolean).join(', '));
        if (isOver) left.delete(id);
      }
      cursor = answer.nextCursor;
    }
  };
  for (const until = Date.now() + 60_000; Date.now() < until; await pause(1_000)) {
    for (const [buyer, left] of open) await look(buyer, left);
    if ([...open.values()].every(({ size }) => size === 0)) break;
  }
  for (const left of open.values()) for (const id of left) if (!ends.has(id)) ends.set(id, 'not over: not found');
  return ends;
}

/** Milliseconds; of one order each. */
function percentile(sent: readonly Sent[], part: number): number {
  const sorted = sent.map(({ answeredMs }) => answeredMs).sort((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0);
}

function report(sent: readonly Sent[], ends: Map<string, string>): { text: string; isWell: boolean } {
  const row = (...cells: (string | number)[]) =>
    cells
      .map((cell, at) => String(cell).padEnd(at === 0 ? 16 : 9))
      .join('')
      .trimEnd();
  const scenarios = [...new Set(sent.map(({ scenario }) => scenario))];
  const times = (title: string, some: readonly Sent[]) =>
    row(title, some.length, ...[0.5, 0.9, 0.99, 1].map((part) => percentile(some, part)));
  const counted = (values: string[]) =>
    [...new Set(values)]
      .sort()
      .map((value) => `  ${String(values.filter((one) => one === value).length).padStart(6)}  ${value}`);
  const statuses = sent.map(({ status }) => (status === 0 ? 'no answer' : String(status)));
  const endings = [...ends.values()];
  const text = [
    row('answered in ms', 'orders', 'p50', 'p90', 'p99', 'max'),
    ...scenarios.map((scenario) =>
      times(
        scenario,
        sent.filter((one) => one.scenario === scenario),
      ),
    ),
    times('all', sent),
    'answers',
    ...counted(statuses),
    'orders',
    ...counted(endings),
  ].join('\n');
  const isWell =
    sent.every(({ status }) => status > 0 && status < 500) && !endings.some((end) => end.startsWith('not over'));
  return { text, isWell };
}
