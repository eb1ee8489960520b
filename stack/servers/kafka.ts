import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { checkout } from '../support/paths.js';
import { answersOk } from '../support/probes.js';
import { runCommand } from '../support/run-command.js';
import { javaFlags, javaProgram, fromMaven, hasJars } from './registries.js';
import type { Server } from './types.js';

export const kafka: Server = {
  name: 'kafka',
  keeps: 'events',
  settings: ['KAFKA_BROKERS'],
  ports: ['KAFKA_PORT', 'KAFKA_CONTROLLER_PORT'],
  needs: ['java', 'maven'],
  isHere: (cache) => hasJars(cache, { name: 'kafka' }),
  obtain: (context) => fromMaven(context, { name: 'kafka' }),
  async prepare({ dir, ports, environment, signal, detail }, { folder = '' }) {
    const data = path.join(dir, 'data', 'kafka');
    const configuration = path.join(dir, 'config');
    fs.mkdirSync(configuration, { recursive: true });
    const properties = path.join(configuration, 'kafka.properties');
    const logging = path.join(configuration, 'kafka-log4j2.properties');
    fs.writeFileSync(properties, serverProperties(data, ports.KAFKA_PORT, ports.KAFKA_CONTROLLER_PORT));
    fs.writeFileSync(logging, log4j);
    const base = ['-cp', path.join(folder, 'libs', '*'), `-Dlog4j2.configurationFile=${logging}`];
    const command = javaProgram(environment);
    if (!fs.existsSync(path.join(data, 'meta.properties'))) {
      detail('formatting its storage');
      const format = ['format', '-t', clusterId(), '-c', properties, '--standalone', '--ignore-formatted'];
      await runCommand(command, [...javaFlags(128), ...base, 'kafka.tools.StorageTool', ...format], {
        env: environment,
        signal,
      });
    }
    return {
      name: 'kafka',
      command,
      args: [...javaFlags(384), ...base, 'kafka.Kafka', properties],
      env: environment,
      background: true,
      within: 90_000,
      grace: 20_000,
      ready: () => answersAsCluster([`127.0.0.1:${ports.KAFKA_PORT}`]),
    };
  },
  describe: ({ ports }) => ({ KAFKA_BROKERS: `127.0.0.1:${ports.KAFKA_PORT}` }),
  answers: ({ KAFKA_BROKERS = '' }) => answersAsCluster(KAFKA_BROKERS.split(',')),
};

async function answersAsCluster(brokers: string[]) {
  const { Kafka, logLevel } = (await import('kafkajs')).default;
  const client = new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 5000,
    requestTimeout: 5000,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}

/** Kafka takes 16 bytes in base64, and refuses a leading dash. */
function clusterId() {
  return Buffer.concat([Buffer.from([1]), randomBytes(15)]).toString('base64url');
}

function serverProperties(data: string, port: number | undefined, controllerPort: number | undefined) {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data,
    'auto.create.topics.enable': false,
    'num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    // Fifty of each is Kafka's default, and most of what its start and its open files are.
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    // After a kill, the broker's former self must be given up before it is let in again.
    'broker.session.timeout.ms': 5000,
    'broker.heartbeat.interval.ms': 1000,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

const log4j = `
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c %m%n
rootLogger.level = WARN
rootLogger.appenderRef.console.ref = console
`.trimStart();

/** Shows what is in Kafka on a page; it waits for none. */
export const kafkaUi: Server = {
  name: 'kafka-ui',
  settings: ['KAFKA_UI_URL'],
  ports: ['KAFKA_UI_PORT'],
  obtain: () => ({ from: 'this repository' }),
  prepare: ({ ports, environment }) => ({
    name: 'kafka-ui',
    command: process.execPath,
    args: [path.join(checkout, 'stack', 'run.js'), 'kafka-ui'],
    env: {
      ...environment,
      KAFKA_BROKERS: environment.KAFKA_BROKERS || `127.0.0.1:${ports.KAFKA_PORT}`,
      HOST: '127.0.0.1',
      PORT: `${ports.KAFKA_UI_PORT}`,
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
    },
    background: true,
    within: 30_000,
    ready: () => answersOk(`http://127.0.0.1:${ports.KAFKA_UI_PORT}/healthz`),
  }),
  describe: ({ ports }) => ({ KAFKA_UI_URL: `http://127.0.0.1:${ports.KAFKA_UI_PORT}` }),
  answers: ({ KAFKA_UI_URL }) => answersOk(`${KAFKA_UI_URL}/healthz`),
};
