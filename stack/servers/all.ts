import { describeMissing, findMissing, thisMachine, type Needs } from '../prerequisites.js';
import { installPackages } from '../support/build.js';
import { own } from '../support/lock.js';
import { cacheFolder, checkout } from '../support/paths.js';
import { defaultPorts } from '../support/ports.js';
import { endLeftoversBelow } from '../support/process-records.js';
import type { Started } from '../support/start-and-end.js';
import { chromium } from './chromium.js';
import { stripeMock, tctl } from './go-tools.js';
import { kafkaUi, kafka } from './kafka.js';
import { maildev } from './maildev.js';
import { postgres } from './postgres.js';
import { prometheus } from './prometheus.js';
import { redis } from './redis.js';
import { temporal, temporalCli, testServer, canDownloadTemporal } from './temporal.js';
import type { Server } from './types.js';
import { zipkin } from './zipkin.js';

export type ServerName =
  | 'postgres'
  | 'redis'
  | 'kafka'
  | 'temporal'
  | 'zipkin'
  | 'prometheus'
  | 'maildev'
  | 'kafka-ui'
  | 'temporal-cli'
  | 'test-server'
  | 'tctl'
  | 'stripe-mock'
  | 'chromium';

/** Each queue fetches one after the other, in order of need; the queues run side by side. */
const queues: Server[][] = [
  [postgres, maildev, kafkaUi, prometheus, chromium],
  [redis, kafka, zipkin, testServer],
  [temporal, temporalCli, tctl, stripeMock],
];

export function queuesOf(only?: ServerName[]) {
  return queues.map((queue) => queue.filter(({ name }) => !only || only.includes(name as ServerName)));
}

export function serversOf(only?: ServerName[]) {
  return queuesOf(only).flat();
}

/**
 * @param servers those wanted
 * @returns without what a given address or the cache makes needless
 */
async function needsOf(servers: Server[], environment: NodeJS.ProcessEnv): Promise<Needs> {
  const cache = cacheFolder(environment);
  const started = servers.filter(({ settings }) => !environment[settings[0] ?? '']);
  const fetched = started.filter((server) => !(server.isHere?.(cache, environment) ?? true));
  const need = (among: Server[], program: 'java' | 'maven' | 'go') =>
    among.some(({ needs }) => needs?.includes(program));
  const needs = {
    java: need(started, 'java'),
    maven: need(fetched, 'maven'),
    go: need(fetched, 'go'),
    megabytes: 500,
    folders: [checkout, cache],
  };
  if (needs.go) needs.megabytes = 4000;
  if (needs.go && thisMachine.ask('go', ['version']) === undefined) needs.go = !(await canDownloadTemporal());
  return needs;
}

/** @returns rejects naming everything that is missing, with the way to get it */
export async function checkPrerequisites(servers: Server[], environment: NodeJS.ProcessEnv): Promise<void> {
  const missing = findMissing(await needsOf(servers, environment), thisMachine);
  if (missing.length > 0) throw new Error(describeMissing(missing, thisMachine.platform));
}

/** What `npm start`, `npm test` and the tools read beside ports and addresses of servers: the setting, and what it is for. */
const ownSettings = {
  HOLDFAST_CACHE: 'where fetched and built servers are kept, for all clones; default `~/.cache/holdfast`',
  HOLDFAST_DIR:
    'the folder of the stack that `npm run status`, `logs` and `redis` are about, and that `npm start` keeps its data in; default `.holdfast/dev`',
  JAVA_HOME: 'the Java to use; default the `java` on the path',
  CI: 'progress in plain lines, as without a terminal',
};

/** @returns what each setting of the stack is for, ports left aside */
export function stackSettings(): Record<string, string> {
  const given = serversOf().flatMap(({ name, settings: [first = '', ...others], prepare }): [string, string][] => [
    [first, `a ${name} that is here already is used, and none is fetched${prepare ? ' or started' : ''}`],
    ...others.map((other): [string, string] => [other, `goes with \`${first}\``]),
  ]);
  return { ...Object.fromEntries(given), ...ownSettings };
}

/** @returns every port that can be moved, and whose it is */
export function portSettings(): { setting: string; port: number; of: string }[] {
  return Object.entries(defaultPorts).map(([setting, port]) => {
    const server = serversOf().find(({ ports }) => ports.includes(setting))?.name;
    return {
      setting,
      port,
      of:
        server ??
        setting
          .replace(/_PORT$/, '')
          .toLowerCase()
          .replaceAll('_', '-'),
    };
  });
}

interface Begun {
  /** What it keeps lies below it. */
  dir: string;
  /** As it was typed, for whoever starts it twice. */
  command: string;
  /** Those that it starts. */
  servers?: Server[];
}

/** How a command that starts things begins: on a machine that has what it takes, alone in its folder, after a former one's end, with packages. */
export async function begin({ dir, command, servers = [] }: Begun, { ends, progress, signal }: Started) {
  await checkPrerequisites(servers, process.env);
  ends.push(await own(dir, command));
  await endLeftoversBelow(dir);
  await installPackages({ root: checkout, progress, signal });
}
