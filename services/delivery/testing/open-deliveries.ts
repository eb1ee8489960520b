import { createPool, prismaAdapter, transactionOptions } from '../../../platform/database/pool.js';
import { createLogger } from '../../../platform/logger.js';
import { createTestDatabase } from '../../../tests/support/database.js';
import { createDeliveryStore } from '../delivery-store.js';
import { PrismaClient } from '../prisma/generated/client.js';
import { createShipmentBook } from '../simulated-carrier/shipment-book.js';
import { createSimulatedCarrier } from '../simulated-carrier/simulated-carrier.js';

const logger = createLogger({ service: 'test', level: 'fatal' });
const adapterOf = (url: string) => prismaAdapter(createPool({ url, size: 10, service: 'test', logger }));

/** The delivery database, throwaway, and a simulated carrier on it. Close it in afterAll. */
export async function openDeliveries() {
  const database = await createTestDatabase('services/delivery/prisma/migrations');
  const prisma = new PrismaClient({ adapter: adapterOf(database.url), transactionOptions });
  const book = createShipmentBook(prisma);
  return {
    database,
    prisma,
    book,
    store: createDeliveryStore(prisma),
    /** Its reports come `delayMs` after a booking in all. */
    carrier: (delayMs: number, onBooked: (firstAt: Date) => void = () => undefined) =>
      createSimulatedCarrier({ book, delayMs, onBooked }),
    /** What both books say of an order. */
    booksOf: async (orderId: string) => {
      const delivery = await prisma.delivery.findUnique({ where: { orderId } });
      const shipment = await prisma.simulatedShipment.findUnique({ where: { reference: delivery?.id ?? '' } });
      const carriers = shipment === null ? undefined : shipment.calledOff ? 'called off' : 'booked';
      return { ours: delivery?.status, carriers };
    },
    close: async () => {
      await prisma.$disconnect();
      await database.drop();
    },
  };
}

export const addressIn = (postalCode: string) => ({
  name: 'Alice',
  line1: '1 Main Street',
  city: 'Seoul',
  postalCode,
  country: 'KR',
});
