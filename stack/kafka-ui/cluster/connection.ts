import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { pause } from '../../support/wait-until.js';

/** Questions are repeated for so long while what they are about moves. */
const movesForMs = 3000;
const askAgainMs = 100;

export interface Connection {
  kafka: Kafka;
  admin: Admin;
}

export type WithKafka = <T>(ask: (connection: Connection) => Promise<T>) => Promise<T>;

/** A connection for each page: nothing to mend when Kafka was away in between. Rejects within seconds when it can't be reached. */
export function connectTo(brokers: string[]): WithKafka {
  const kafka = new kafkajs.Kafka({
    clientId: 'kafka-ui',
    brokers,
    connectionTimeout: 1000,
    requestTimeout: 5000,
    retry: { initialRetryTime: 100, retries: 1 },
    // What fails is told on the page.
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const askOnce: WithKafka = async (ask) => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await ask({ kafka, admin });
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  };
  return async (ask) => {
    for (const until = Date.now() + movesForMs; ;) {
      try {
        return await askOnce(ask);
      } catch (error) {
        if (!isMoving(error) || Date.now() > until) throw error;
        await pause(askAgainMs);
      }
    }
  };
}

/** A topic was made or deleted, or a group found another broker, between two questions of a page. Not so where nobody answers. */
function isMoving(error: unknown): boolean {
  const { type, cause } = (error ?? {}) as { type?: unknown; cause?: unknown };
  if (typeof type === 'string') return true;
  // Of some of Kafka's words kafkajs makes nothing, and then stumbles over it.
  if (error instanceof TypeError) return /[\\/]kafkajs[\\/]/.test(error.stack?.split('\n')[1] ?? '');
  return cause !== undefined && isMoving(cause);
}
