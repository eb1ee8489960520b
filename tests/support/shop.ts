import type { StockLevel } from '../../contracts/http/inventory.js';
import type { Order } from '../../contracts/http/orders.js';
import type { Payment } from '../../contracts/http/payments.js';
import type { Product } from '../../contracts/http/products.js';
import type { OrderStatus } from '../../contracts/order-status.js';
import { isFinal } from '../../contracts/order-status.js';
import { Api } from './api.js';
import { waitFor } from './wait-for.js';

/** Where things are sent to, unless a test wants another carrier's behaviour. */
export const SEOUL = { name: 'Alice', line1: '1 Sejong-daero', city: 'Seoul', postalCode: '04524', country: 'KR' };

/** A customer and an admin at the gateway, and what tests do again and again. Each test has products of its own. */
export interface Shop {
  anyone: Api;
  alice: Api;
  bob: Api;
  admin: Api;
}

export async function openShop(gatewayUrl: string): Promise<Shop> {
  const anyone = new Api(gatewayUrl);
  const [alice, bob, admin] = await Promise.all([
    anyone.logIn('alice@example.com'),
    anyone.logIn('bob@example.com'),
    anyone.logIn('admin@example.com'),
  ]);
  return { anyone, alice, bob, admin };
}

/** What an order costs, at the least, that the application of the e2e tests has reviewed. Price in won. */
export const REVIEWED_PRICE = 100_000_000_000_000;

/** A new product with so much stock. Price in won. */
export async function stockedProduct(shop: Shop, { quantity = 10, price = 1_000 } = {}): Promise<Product> {
  const product = { name: 'Tea pot', category: 'Kitchen', price, currency: 'KRW' };
  const created = await shop.admin.post<Product>('/products', product);
  if (created.status !== 201) throw new Error(`no product: ${JSON.stringify(created.body)}`);
  const stocked = await shop.admin.put<StockLevel>(`/inventory/${created.body.id}`, { quantity });
  if (stocked.status !== 200) throw new Error(`no stock: ${JSON.stringify(stocked.body)}`);
  return created.body;
}

export interface OrderWish {
  quantity?: number;
  paymentMethod?: string;
  postalCode?: string;
  key?: string;
  /** Answered at once, with 202. */
  respondAsync?: boolean;
}

/** The order, or the members of the problem that came instead. */
type OrderAnswer = Order & { code?: string; orderId?: string };

export function placeOrder(
  buyer: Api,
  product: Product,
  { quantity = 1, paymentMethod = 'card_ok', postalCode = SEOUL.postalCode, key, respondAsync = false }: OrderWish = {},
) {
  return buyer.post<OrderAnswer>(
    '/orders',
    { productId: product.id, quantity, paymentMethod, shippingAddress: { ...SEOUL, postalCode } },
    {
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(respondAsync ? { prefer: 'respond-async' } : {}),
    },
  );
}

export async function orderOf(caller: Api, orderId: string): Promise<Order> {
  const { status, body } = await caller.get<Order>(`/orders/${orderId}`);
  if (status !== 200) throw new Error(`order ${orderId}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Waits until the order has this status; fails at once when it ended otherwise. */
export function reaches(caller: Api, orderId: string, wanted: OrderStatus, timeoutMs = 30_000): Promise<Order> {
  return waitFor(
    `order ${orderId} to become ${wanted}`,
    async () => {
      const order = await orderOf(caller, orderId);
      if (order.status === wanted) return order;
      if (isFinal(order.status)) throw new Error(`order ${orderId} ended as ${JSON.stringify(order)}`);
      return undefined;
    },
    { timeoutMs },
  );
}

export async function stockOf(shop: Shop, product: { id: number }): Promise<Omit<StockLevel, 'productId'>> {
  const { body } = await shop.anyone.get<StockLevel>(`/inventory/${product.id}`);
  return { quantity: body.quantity, reserved: body.reserved };
}

export async function paymentsOf(caller: Api, orderId: string): Promise<Payment[]> {
  const { body } = await caller.get<{ items: Payment[] }>(`/payments?orderId=${orderId}`);
  return body.items;
}
