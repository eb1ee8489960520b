import { randomBytes, randomInt } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Order } from '../../contracts/http/orders.js';
import type { User } from '../../contracts/http/users.js';
import type { OrderStatus } from '../../contracts/order-status.js';
import { appSecrets } from '../../stack/app/secrets.js';
import { Api } from '../support/api.js';
import { readLogs, type LogLine } from '../support/log-lines.js';
import { openShop, reaches, stockedProduct, type Shop } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

const random = () => randomBytes(8).toString('hex');

/** Somebody whose every word is found again, wherever it turns up. */
const customer = {
  email: `mail-${random()}@logs.example`,
  name: `Name${random()} Surname${random()}`,
  password: `password-${random()}`,
  phone: `+82 10-${randomInt(1000, 9999)}-${randomInt(1000, 9999)}`,
  address: {
    name: `Consignee${random()}`,
    line1: `${random()} street`,
    line2: `${random()} floor`,
    city: `City${random()}`,
    postalCode: '04524',
    country: 'KR',
  },
};

/** The lines that tell of an order, as `npm run logs` shows them: the service, the message, and what it alone has. */
const TOLD = [
  'order created',
  'stock reserved',
  'insufficient stock',
  'stock released',
  'payment completed',
  'payment declined',
  'payment refunded',
  'delivery started',
  'delivery completed',
  'event published',
  'notification sent',
  'order completed',
  'order cancelled',
];
const OWN_FIELDS = ['productId', 'requested', 'available', 'topic', 'channel', 'event', 'reason'];

const published = (...topics: string[]) => topics.map((topic) => `order-service: event published topic=${topic}`);
const notified = (...events: string[]) =>
  events.flatMap((event) =>
    ['EMAIL', 'SMS'].map((channel) => `notification-service: notification sent channel=${channel} event=${event}`),
  );

const PATHS: {
  name: string;
  wish: { quantity?: number; paymentMethod?: string; postalCode?: string };
  ends: OrderStatus;
  lines: string[];
}[] = [
  {
    name: 'that goes all the way',
    wish: {},
    ends: 'COMPLETED',
    lines: [
      'order-service: order created',
      'inventory-service: stock reserved',
      'payment-service: payment completed',
      'delivery-service: delivery started',
      'delivery-service: delivery completed',
      'order-service: order completed',
      ...published(
        'order-created',
        'inventory-reserved',
        'payment-completed',
        'delivery-started',
        'delivery-completed',
        'order-completed',
      ),
      ...notified('order-created', 'payment-completed', 'delivery-started', 'delivery-completed'),
    ],
  },
  {
    name: 'whose card is declined',
    wish: { paymentMethod: 'card_declined' },
    ends: 'CANCELLED',
    lines: [
      'order-service: order created',
      'inventory-service: stock reserved',
      'payment-service: payment declined',
      'inventory-service: stock released',
      'order-service: order cancelled reason=PAYMENT_DECLINED',
      ...published('order-created', 'inventory-reserved', 'payment-failed', 'order-cancelled'),
      ...notified('order-created', 'order-cancelled'),
    ],
  },
  {
    name: 'that the carrier refuses',
    wish: { postalCode: '00000' },
    ends: 'CANCELLED',
    lines: [
      'order-service: order created',
      'inventory-service: stock reserved',
      'payment-service: payment completed',
      'payment-service: payment refunded',
      'inventory-service: stock released',
      'order-service: order cancelled reason=DELIVERY_REFUSED',
      ...published('order-created', 'inventory-reserved', 'payment-completed', 'order-cancelled'),
      ...notified('order-created', 'payment-completed', 'order-cancelled'),
    ],
  },
  {
    name: 'of more than there is',
    wish: { quantity: 11 },
    ends: 'CANCELLED',
    lines: [
      'order-service: order created',
      'inventory-service: insufficient stock productId=PRODUCT requested=11 available=10',
      'order-service: order cancelled reason=INSUFFICIENT_STOCK',
      ...published('order-created', 'inventory-failed', 'order-cancelled'),
      ...notified('order-created', 'order-cancelled'),
    ],
  },
];

describe('the logs', () => {
  const { gatewayUrl, dir } = inject('app');
  let shop: Shop;
  let buyer: Api;
  let tokens: string[];
  beforeAll(async () => {
    shop = await openShop(gatewayUrl);
    const signedUp = await shop.anyone.post<User>('/users', customer);
    expect(signedUp.status).toBe(201);
    const { email, password } = customer;
    const session = await shop.anyone.post<{ accessToken: string; refreshToken: string }>('/sessions', {
      email,
      password,
    });
    tokens = [session.body.accessToken, session.body.refreshToken];
    buyer = new Api(gatewayUrl, session.body.accessToken);
  });

  it.each(PATHS)('tell an order $name service by service, each line once', async ({ wish, ends, lines }) => {
    const product = await stockedProduct(shop);
    const traceId = randomBytes(16).toString('hex');
    const { quantity = 1, paymentMethod = 'card_ok', postalCode = '04524' } = wish;
    const placed = await buyer.post<Order & { orderId?: string }>(
      '/orders',
      { productId: product.id, quantity, paymentMethod, shippingAddress: { ...customer.address, postalCode } },
      { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
    );
    const orderId = placed.body.orderId ?? placed.body.id;
    await reaches(buyer, orderId, ends);

    const linesOf = () => readLogs(dir).filter(({ text }) => text.includes(orderId));
    const told = () =>
      linesOf().flatMap(({ fields }) => (TOLD.includes(String(fields?.['message'])) ? [fields ?? {}] : []));
    const wanted = lines.map((line) => line.replace('PRODUCT', String(product.id))).sort();
    await waitFor(`${wanted.length} lines about ${orderId}`, () => told().length >= wanted.length).catch(
      () => undefined,
    );

    const found = told();
    expect(found.map(summary).sort()).toEqual(wanted);
    for (const fields of found) {
      expect(fields).toMatchObject({ level: 'info', orderId, traceId });
      expect(fields['spanId']).toMatch(/^[0-9a-f]{16}$/);
      expect(fields['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
  });

  it('are JSON lines that say when, how grave, who and what', () => {
    const wrong = readLogs(dir).filter(
      ({ fields }) =>
        fields === undefined ||
        Number.isNaN(Date.parse(String(fields['time']))) ||
        ['level', 'service', 'message'].some((name) => typeof fields[name] !== 'string'),
    );
    expect(shown(wrong)).toEqual([]);
  });

  it('hold no personal data, tokens, SQL or secrets', () => {
    const { address, phone, ...own } = customer;
    const { postalCode: _postalCode, country: _country, ...where } = address;
    const words = [
      ...[...Object.values(own), ...Object.values(where)].flatMap((text) =>
        text.split(/[ @]/).filter((word) => word.length > 8),
      ),
      phone,
      phone.replace(/\D/g, ''),
      ...tokens,
      'holdfast-demo',
      'Alice Kim',
      ...secretsOf(dir),
    ];
    const shapes = {
      // Of somebody: in a dump of a message, `@type.googleapis.com` is the name of a type; but a dump is not to be there either.
      'an e-mail address': /[\w.+-]+@[\w-]+\.[a-z]{2,}/i,
      'a token of ours': /eyJ[\w-]{8,}\.[\w-]{8,}/,
      'an authorization': /Bearer |Basic /,
      SQL: /\b(?:select .+ from|insert into|update .+ set|delete from) /i,
      'a password in an address': /\/\/[^/\s:@]*:[^/\s@]+@/,
      'a token of a Temporal task': /task_?token/i,
      "a dump of Temporal's": /\bStatus \{|Payload \{|\\\\x[0-9a-f]{2}/i,
    };
    const found = ({ text }: LogLine) => [
      ...words.filter((word) => text.includes(word)).map(() => 'a word of the customer or a secret'),
      ...Object.entries(shapes).flatMap(([what, shape]) => (shape.test(text) ? [what] : [])),
    ];
    const said = readLogs(dir);
    expect(said.length).toBeGreaterThan(50);
    const holding = said.flatMap((line) => {
      const [what] = found(line);
      return what === undefined ? [] : [{ ...line, process: `${what}, ${line.process}` }];
    });
    expect(shown(holding)).toEqual([]);
  });
});

/** The first of them. */
function shown(lines: LogLine[]): string[] {
  return lines.slice(0, 5).map(({ process, text }) => `${process}: ${text}`);
}

function summary(fields: Record<string, unknown>): string {
  const own = OWN_FIELDS.filter((name) => fields[name] !== undefined).map((name) => ` ${name}=${String(fields[name])}`);
  return `${String(fields['service'])}: ${String(fields['message'])}${own.join('')}`;
}

/** What its processes alone know; short ones are no secrets but the names of keys. */
function secretsOf(dir: string): string[] {
  return Object.values(appSecrets(dir))
    .flatMap((value) => [value, ...value.split(/[\s"{}:]+/)])
    .filter((value) => value.length > 16);
}
