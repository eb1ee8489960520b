// @ts-check
import kafkajs from 'kafkajs';
import { pause } from '../../support/wait-until.js';

const { Kafka, logLevel } = kafkajs;

/** Questions are repeated for so long while what they are about moves. */
const movesForMs = 3000;
const askAgainMs = 100;

/**
 * @typedef {{ kafka: import('kafkajs').Kafka, admin: import('kafkajs').Admin }} Connection
 * @typedef {<T>(ask: (connection: Connection) => Promise<T>) => Promise<T>} WithKafka
 */

/**
 * A connection for each page: nothing to mend when Kafka was away in between. Rejects within seconds when it can't be reached.
 * @param {string[]} brokers
 * @returns {WithKafka}
 */
export function connectTo(brokers) {
  const kafka = new Kafka({
    clientId: 'kafka-ui',
    brokers,
    connectionTimeout: 1000,
    requestTimeout: 5000,
    retry: { initialRetryTime: 100, retries: 1 },
    // What fails is told on the page.
    logLevel: logLevel.NOTHING,
  });
  /** @type {WithKafka} */
  const askOnce = async (ask) => {
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

/**
 * A topic was made or deleted, or a group found another broker, between two questions of a page. Not so where nobody answers.
 * @param {any} error
 * @returns {boolean}
 */
function isMoving(error) {
  if (typeof error?.type === 'string') return true;
  // Of some of Kafka's words kafkajs makes nothing, and then stumbles over it.
  if (error instanceof TypeError) return /[\\/]kafkajs[\\/]/.test(error.stack?.split('\n')[1] ?? '');
  return error?.cause !== undefined && isMoving(error.cause);
}
