import type { Admin, Consumer, EachMessagePayload, Kafka, Producer } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { toDeadLetter } from '../dead-letters/dead-letters.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import { type HandleMessageSettings, type MessageHandler, createMessageHandler } from './handle-message.js';
import { ensureTopics } from '../../platform/kafka.js';
import { counter, readAtScrape } from '../../platform/metrics.js';
import { errorMessage } from '../../platform/error-message.js';

interface StallWatch {
  /** Resolves, with what was seen, when nothing has moved for too long. */
  stalled: Promise<Error>;
  /** Says that a message is taken up or done. */
  moves(): void;
  stop(): void;
}

/**
 * kafkajs can stop to fetch without an error and without an end, its heartbeats going on, so that its partitions stay with it
 * (https://github.com/tulios/kafkajs/issues/659, https://github.com/tulios/kafkajs/issues/1384). A consumer that is well ends a
 * fetch several times a second from each broker, also where there is nothing to read, or is at work on a message.
 */
function watchForStall(consumer: Consumer, stallMs: number): StallWatch {
  let movedAt = Date.now();
  /** By broker: since when an answer to its fetch is awaited. */
  const fetching = new Map<number, number>();
  const moves = (): void => void (movedAt = Date.now());
  const { FETCH_START, FETCH, START_BATCH_PROCESS, END_BATCH_PROCESS, GROUP_JOIN } = consumer.events;
  for (const event of [START_BATCH_PROCESS, END_BATCH_PROCESS] as const) consumer.on(event, moves);
  consumer.on(FETCH_START, ({ payload }) => void fetching.set(payload.nodeId, Date.now()));
  consumer.on(FETCH, ({ payload }) => {
    fetching.delete(payload.nodeId);
    moves();
  });
  consumer.on(GROUP_JOIN, () => {
    fetching.clear();
    moves();
  });

  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<Error>((resolve) => {
    timer = setInterval(() => {
      const forMs = Date.now() - Math.min(movedAt, ...fetching.values());
      if (forMs >= stallMs) resolve(new Error(`the consumer has stalled: nothing moved for ${forMs} ms`));
    }, stallMs / 4);
  });
  return { stalled, moves, stop: () => clearInterval(timer) };
}

interface ConsumerSettings extends Omit<HandleMessageSettings, 'bury'> {
  kafka: Kafka;
  groupId: string;
  topics: string[];
  deadLetterTopic: string;
  /** Of topics that are missing; what the brokers say unless given. */
  replication?: number | undefined;
  /** When nothing has moved for so long the consumer is left for a new one; longer than any message takes. */
  stallMs: number;
  registry: Registry;
}

/** Asks Kafka what the group has not done with yet: also of partitions that stand still, of which a consumer hears nothing. */
function showLag({
  kafka,
  groupId,
  topics,
  registry,
}: Pick<ConsumerSettings, 'kafka' | 'groupId' | 'topics' | 'registry'>) {
  let connected: Promise<Admin> | undefined;
  const connect = async (): Promise<Admin> => {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  };
  const leave = async (): Promise<void> => {
    const leaving = connected;
    connected = undefined;
    await leaving?.then((admin) => admin.disconnect()).catch(() => undefined);
  };
  const lagOf = async (admin: Admin): Promise<{ topic: string; lag: number }[]> => {
    const committed = await admin.fetchOffsets({ groupId, topics });
    return Promise.all(
      committed.map(async ({ topic, partitions }) => {
        const ends = await admin.fetchTopicOffsets(topic);
        const lags = ends.map(({ partition, high, low }) => {
          const done = Number(partitions.find((one) => one.partition === partition)?.offset ?? -1);
          return Math.max(0, Number(high) - Math.max(done, Number(low)));
        });
        return { topic, lag: lags.reduce((sum, lag) => sum + lag, 0) };
      }),
    );
  };
  readAtScrape({
    registry,
    gauges: ['notification_consumer_lag'],
    keptForMs: 10_000,
    read: async () => {
      try {
        const lags = await lagOf(await (connected ??= connect()));
        return { notification_consumer_lag: lags.map(({ topic, lag }) => ({ labels: { topic }, value: lag })) };
      } catch (error) {
        void leave();
        throw error;
      }
    },
  });
  return leave;
}

export interface RunningConsumer {
  /** A readiness check: throws while no partitions are read. */
  check(): void;
  /** Resolves when the messages at hand are done, in seconds at most. */
  stop(): Promise<void>;
}

/** How long after a failure Kafka is asked again. */
const pauseMs = 1000;

/** How often it is told of while it is waited for. */
const toldAgainMs = 600_000;

const stopLimitMs = 7000;

/** A consumer that stands still may not be able to say good-bye either. */
const disconnectLimitMs = 5000;

/**
 * Reads the topics from their beginning, and waits for Kafka whenever it is not there. A message that has to wait
 * pauses its partition alone; an offset is committed when its message is done with, so a death repeats it.
 */
export function startConsumer(settings: ConsumerSettings): RunningConsumer {
  const { kafka, topics, deadLetterTopic, replication, logger, stallMs, registry } = settings;
  const stalls = counter(registry, 'notification_consumer_stalls_total');
  const stopping = new AbortController();
  const buried = counter(registry, 'notification_dead_letters_total');
  const endLag = showLag(settings);
  let reading = false;
  let saidAt: number | undefined;
  let producer: Producer | undefined;
  // Outlives each connection, and with it what is known of the tries made.
  const handler = createMessageHandler({
    ...settings,
    bury: async (topic, partition, message, error) => {
      if (producer === undefined) throw new Error('not connected to Kafka');
      const messages = [toDeadLetter({ topic, partition }, message, error)];
      await producer.send({ topic: deadLetterTopic, acks: -1, messages });
      buried.inc();
    },
  });

  const readUntilBroken = async (): Promise<void> => {
    await ensureTopics(kafka, [...topics, deadLetterTopic], { replication, kept: [deadLetterTopic] });
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
    const watch = watchForStall(consumer, stallMs);
    // One that stood still may come to itself when others have its partitions already.
    let isLeft = false;
    const wasLeft = () => isLeft;
    const stalled = watch.stalled.then((error) => {
      isLeft = true;
      stalls.inc();
      return error;
    });
    const resumes = new Set<NodeJS.Timeout>();
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      handler.keepOnly(payload.memberAssignment);
      reading = true;
      if (saidAt !== undefined) logger.info('Kafka is there');
      saidAt = undefined;
    });
    const read = async (): Promise<Error | undefined> => {
      await letters.connect();
      if (wasLeft()) return undefined;
      producer = letters;
      await consumer.connect();
      if (wasLeft()) return undefined;
      await consumer.subscribe({ topics, fromBeginning: true });
      if (wasLeft()) return undefined;
      await consumer.run({
        autoCommit: false,
        partitionsConsumedConcurrently: 3,
        eachMessage: async (payload) => {
          if (isLeft) throw new Error('this consumer was left');
          watch.moves();
          await readMessage(consumer, handler, payload, resumes);
          watch.moves();
        },
      });
      return broken;
    };
    try {
      const error = await Promise.race([read(), broken, stalled, aborted(stopping.signal)]);
      if (error !== undefined) throw error;
    } finally {
      // Also of one that has not come so far.
      isLeft ||= !stopping.signal.aborted;
      reading = false;
      watch.stop();
      for (const resume of resumes) clearTimeout(resume);
      const goodBye = Promise.allSettled([consumer.disconnect(), letters.disconnect()]);
      await Promise.race([goodBye, pause(disconnectLimitMs, undefined, { ref: false })]);
    }
  };

  const done = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await readUntilBroken();
      } catch (error) {
        if (saidAt === undefined || Date.now() >= saidAt + toldAgainMs) {
          logger.warn({ reason: errorMessage(error) }, 'waiting for Kafka');
          saidAt = Date.now();
        }
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
      void endLag();
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
