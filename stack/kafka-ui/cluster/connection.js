// @ts-check
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

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
  return async (ask) => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await ask({ kafka, admin });
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  };
}
