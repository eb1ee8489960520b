import { setTimeout as pause } from 'node:timers/promises';
import type { Consumer, EachMessagePayload, Kafka, Producer } from 'kafkajs';
import { toDeadLetter } from '../dead-letters/dead-letter.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import { ensureTopics } from '../../platform/kafka-topics.js';
import type { HandleMessageSettings, MessageHandler } from './handle-message.js';
import { createMessageHandler } from './handle-message.js';

export interface ConsumerSettings extends Omit<HandleMessageSettings, 'bury'> {
  kafka: Kafka;
  groupId: string;
  topics: string[];
  deadLetterTopic: string;
}

export interface RunningConsumer {
  /** A readiness check: throws while no partitions are read. */
  check(): void;
  /** Resolves when the messages at hand are done, in seconds at most. */
  stop(): Promise<void>;
}

/** How long after a failure Kafka is asked again. */
const pauseMs = 1000;

const stopLimitMs = 7000;

/**
 * Reads the topics from their beginning, and waits for Kafka whenever it is not there. A message that has to wait
 * pauses its partition alone; an offset is committed when its message is done with, so a death repeats it.
 */
export function startConsumer(settings: ConsumerSettings): RunningConsumer {
  const { kafka, topics, deadLetterTopic, logger } = settings;
  const stopping = new AbortController();
  let reading = false;
  let said = false;
  let producer: Producer | undefined;
  // Outlives each connection, and with it what is known of the tries made.
  const handler = createMessageHandler({
    ...settings,
    bury: async (topic, partition, message, error) => {
      if (producer === undefined) throw new Error('not connected to Kafka');
      const messages = [toDeadLetter({ topic, partition }, message, error)];
      await producer.send({ topic: deadLetterTopic, acks: -1, messages });
    },
  });

  const readUntilBroken = async (): Promise<void> => {
    await ensureTopics(kafka, [...topics, deadLetterTopic]);
    const letters = kafka.producer({ allowAutoTopicCreation: false });
    const consumer = kafka.consumer({
      groupId: settings.groupId,
      maxWaitTimeInMs: 250,
      // A process that was killed holds up its group for this long.
      sessionTimeout: 15_000,
      allowAutoTopicCreation: false,
      // Here it is waited and said for what.
      retry: { retries: 4, restartOnFailure: () => Promise.resolve(false) },
    });
    const broken = new Promise<Error>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
    });
    const resumes = new Set<NodeJS.Timeout>();
    try {
      await letters.connect();
      producer = letters;
      await consumer.connect();
      await consumer.subscribe({ topics, fromBeginning: true });
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        handler.keepOnly(payload.memberAssignment);
        reading = true;
        if (said) logger.info('Kafka is there');
        said = false;
      });
      await consumer.run({
        autoCommit: false,
        partitionsConsumedConcurrently: 3,
        eachMessage: (payload) => readMessage(consumer, handler, payload, resumes),
      });
      const error = await Promise.race([broken, aborted(stopping.signal)]);
      if (error !== undefined) throw error;
    } finally {
      reading = false;
      for (const resume of resumes) clearTimeout(resume);
      await consumer.disconnect().catch(() => undefined);
      await letters.disconnect().catch(() => undefined);
    }
  };

  const done = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await readUntilBroken();
      } catch (error) {
        if (!said) logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'waiting for Kafka');
        said = true;
        await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  })();

  return {
    check: () => {
      if (!reading) throw new Error('not connected yet');
    },
    stop: async () => {
      stopping.abort();
      // kafkajs says good-bye to a broker that is gone, too, and takes its time.
      await Promise.race([done, pause(stopLimitMs, undefined, { ref: false })]);
    },
  };
}

async function readMessage(
  consumer: Consumer,
  handler: MessageHandler,
  payload: EachMessagePayload,
  resumes: Set<NodeJS.Timeout>,
): Promise<void> {
  const { topic, partition, message } = payload;
  const verdict = await handler.handle(topic, partition, message);
  if (verdict.kind === 'handled') {
    await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }]);
    crashPoint('notify: committed');
    return;
  }
  const resume = payload.pause();
  consumer.seek({ topic, partition, offset: message.offset });
  const timer = setTimeout(() => {
    resumes.delete(timer);
    resume();
  }, verdict.inMs);
  resumes.add(timer);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
