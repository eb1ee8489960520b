import { createPool, prismaAdapter, transactionOptions } from '../../../platform/database/pool.js';
import { createLogger } from '../../../platform/logger.js';
import { createTestDatabase } from '../../../tests/support/database.js';
import { createPaymentStore } from '../payment-store.js';
import { PrismaClient } from '../prisma/generated/client.js';
import { PrismaClient as LedgerClient } from '../simulator/prisma/generated/client.js';
import { createSimulatedProvider } from '../simulator/simulated-provider.js';
import { createSimulatorSwitch } from '../simulator/simulator-switch.js';

const logger = createLogger({ service: 'test', level: 'fatal' });
const adapterOf = (url: string) => prismaAdapter(createPool({ url, size: 10, service: 'test', logger }));

/** The payment database and the simulated provider's own, each throwaway. Close it in afterAll. */
export async function openPayments() {
  const database = await createTestDatabase('services/payment/prisma/migrations');
  const ledgerDatabase = await createTestDatabase('services/payment/simulator/prisma/migrations');
  const prisma = new PrismaClient({ adapter: adapterOf(database.url), transactionOptions });
  const ledger = new LedgerClient({ adapter: adapterOf(ledgerDatabase.url), transactionOptions });
  return {
    database,
    prisma,
    ledger,
    store: createPaymentStore(prisma),
    provider: createSimulatedProvider(ledger, { transferMs: 0 }),
    simulator: createSimulatorSwitch(ledger),
    /** What both books say of an order. */
    booksOf: async (orderId: string) => {
      const payment = await prisma.payment.findUnique({ where: { orderId }, include: { refunds: true } });
      const entry = await ledger.ledgerEntry.findUnique({ where: { idempotencyKey: orderId } });
      return { ours: payment?.status, refunds: payment?.refunds.length ?? 0, providers: entry?.status };
    },
    operationsOf: (orderId: string) =>
      prisma.paymentOperation.findMany({ where: { orderId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
    close: async () => {
      await Promise.all([prisma.$disconnect(), ledger.$disconnect()]);
      await Promise.all([database.drop(), ledgerDatabase.drop()]);
    },
  };
}
