import type { OrderProgress } from '../../../contracts/activities/order-activities.js';
import { createPool, prismaAdapter, transactionOptions } from '../../../platform/database/pool.js';
import { createLogger } from '../../../platform/logger.js';
import { createTestDatabase } from '../../../tests/support/database.js';
import type { NewOrder } from '../order-row.js';
import { createOrderStore, type OrderStore } from '../order-store.js';
import { randomOrderId } from '../order-identity.js';
import { PrismaClient } from '../prisma/generated/client.js';

export interface OrderDatabase {
  url: string;
  prisma: PrismaClient;
  store: OrderStore;
  close(): Promise<void>;
}

/** A throwaway database of the order service. */
export async function openOrderDatabase(): Promise<OrderDatabase> {
  const database = await createTestDatabase('services/order/prisma/migrations');
  const logger = createLogger({ service: 'test', level: 'error' });
  const pool = createPool({ url: database.url, size: 20, service: 'test', logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  return {
    url: database.url,
    prisma,
    store: createOrderStore(prisma),
    close: async () => {
      await prisma.$disconnect();
      await database.drop();
    },
  };
}

export function newOrder(fields: Partial<NewOrder> = {}): NewOrder {
  return {
    id: randomOrderId(),
    userId: 1,
    userVerified: true,
    bodyHash: 'hash',
    paymentCapture: null,
    currency: 'KRW',
    totalPrice: 3_700_000,
    lines: [
      { productId: 1, productName: 'MacBook Pro 16', unitPrice: 3_500_000, quantity: 1, totalPrice: 3_500_000 },
      { productId: 4, productName: 'Mouse', unitPrice: 100_000, quantity: 2, totalPrice: 200_000 },
    ],
    shippingAddress: { name: 'Alice', line1: '1 Street', city: 'Seoul', postalCode: '04524', country: 'KR' },
    paymentMethod: 'card_ok',
    answeredAsync: false,
    ...fields,
  };
}

/** A step as the Saga records it. */
export function progress(
  orderId: string,
  key: string,
  patch: OrderProgress['patch'] = {},
  ...events: OrderProgress['events'][number][]
): OrderProgress {
  return {
    orderId,
    patch,
    entry: { key, step: 'reserve-stock', service: 'order-service', outcome: 'done', attempts: 1 },
    events,
  };
}
