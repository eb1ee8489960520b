import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { CrashPoint } from '../../../platform/crash-points/crash-point.js';
import type { Topic } from '../../../contracts/topics.js';
import type { Customers } from './customers.js';
import type { KindName } from './order-kinds.js';
import type { World } from './world.js';

export interface Surroundings {
  world: World;
  customers: Customers;
}

/** Does what leads to a crash point. That it fails there is what it is for. */
export async function provoke(point: CrashPoint, { world, customers }: Surroundings): Promise<void> {
  if (point.startsWith('bury')) await sendWhatIsNoEvent(world);
  else await customers.place(orderLeadingTo(point));
}

function orderLeadingTo(point: CrashPoint): KindName {
  if (point.startsWith('call off') || point.startsWith('cancel')) return 'cancelled in delivery';
  if (point.startsWith('part') || point.startsWith('give back')) return 'refunded in parts';
  if (point.startsWith('restock')) return 'refunded and restocked';
  if (point.startsWith('refund') || point.startsWith('release')) return 'refused';
  if (point.startsWith('webhook') || point.startsWith('payment news')) return 'paid by transfer';
  if (point.startsWith('ask')) return 'approved';
  // Where the post that waits wrote the order first; else it is provoked again.
  if (point === 'place: before giving up' || point === 'place: given up') return 'will not wait';
  return 'ok';
}

async function sendWhatIsNoEvent({ kafkaBrokers }: World): Promise<void> {
  const topic: Topic = 'order-created';
  const producer = new Kafka({ brokers: [kafkaBrokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  try {
    // To another partition each time: one may be waiting for a mail whose sender was killed.
    await producer.send({ topic, messages: [{ key: randomUUID(), value: 'no event' }] });
  } finally {
    await producer.disconnect();
  }
}
