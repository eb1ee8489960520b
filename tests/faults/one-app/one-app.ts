import { rm } from 'node:fs/promises';
import { bootApp, bootKafka, freePort, type RunningApp } from '../../support/app.js';
import { REVIEWED_PRICE } from '../../support/shop.js';
import { bootAlerts, type Alerts } from './alerts.js';

type Kafka = Awaited<ReturnType<typeof bootKafka>>;

/** What the parts of one-app.e2e.test.ts share: to boot it for each of them would take most of their time. */
export interface OneApp {
  app: RunningApp;
  /** What its processes' numbers set off. */
  alerts: Alerts;
  kafkaPort: number;
  /** Not there before it is asked for. */
  kafka(): Promise<Kafka['process']>;
  /** All processes run, Kafka too, and no crash point is armed, whatever a part that failed has left. */
  putRight(): Promise<void>;
  stop(): Promise<void>;
}

/** The services that have a second instance, `<name>-2`. */
export const TWICE = ['order-service', 'product-service', 'user-service'] as const;

/** With a Kafka of its own, because applications on one share its topics and the notifications' consumer group. */
export async function bootOneApp(): Promise<OneApp> {
  const kafkaPort = await freePort();
  const app = await bootApp({
    name: 'one-app',
    twice: [...TWICE],
    // Its consumer is ready once there is a Kafka.
    without: ['notification-service'],
    env: {
      KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`,
      CARRIER_DELAY_MS: '300',
      TRANSFER_DELAY_MS: '1500',
      ATTENTION_AFTER: '15s',
      ORDER_WAIT_MS: '9000',
      // So much that no order is reviewed but those that are made for it.
      REVIEW_ABOVE: String(REVIEWED_PRICE),
    },
  });
  const alerts = await bootAlerts('one-app', app.metricsUrls).catch(async (error: unknown) => {
    await app.stop();
    throw error;
  });
  let kafka: Promise<Kafka> | undefined;
  const ownKafka = async () => {
    kafka ??= bootKafka(kafkaPort);
    return (await kafka).process;
  };
  return {
    app,
    alerts,
    kafkaPort,
    kafka: ownKafka,
    putRight: async () => {
      await rm(app.crashPoints.env.CRASH_POINTS_DIR, { recursive: true, force: true });
      await (await ownKafka()).start();
      await Promise.all(Object.keys(app.urls).map((name) => app.process(name).start()));
    },
    stop: async () => {
      await Promise.all([app.stop(), alerts.stop()]);
      await (await kafka)?.stop();
    },
  };
}
