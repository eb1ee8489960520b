import fs from 'node:fs';
import path from 'node:path';
import { kafka as kafkaServer } from '../../../stack/servers/kafka.js';
import type { ServerContext } from '../../../stack/servers/types.js';
import { zipkin as zipkinServer } from '../../../stack/servers/zipkin.js';
import { checkout } from '../../../stack/support/paths.js';
import type { StandIn } from '../stand-in.js';
import { debian, node } from './base.js';

export const postgres: StandIn = { image: 'postgres:17.7-bookworm', folder: 'postgres', on: debian };

export const redis: StandIn = { image: 'redis:7.4.6-bookworm', folder: 'redis', on: debian };

export const prometheus: StandIn = { image: 'prom/prometheus:v3.5.0', folder: 'prometheus', on: debian };

export const maildev: StandIn = { image: 'maildev/maildev:2.2.1', folder: 'maildev', on: node };

export const kafka: StandIn = {
  image: 'apache/kafka:4.4.0',
  folder: 'kafka',
  on: debian,
  pins: [jarsOf('kafka')],
  async prepare(context, tools) {
    fs.cpSync(await libsOf(kafkaServer, tools), path.join(context, 'libs'), { recursive: true });
  },
};

export const zipkin: StandIn = {
  image: 'openzipkin/zipkin:3.6.1',
  folder: 'zipkin',
  on: debian,
  pins: [jarsOf('zipkin')],
  async prepare(context, tools) {
    const libs = await libsOf(zipkinServer, tools);
    const jar = fs.readdirSync(libs).find((file) => file.endsWith('-exec.jar'));
    if (jar === undefined) throw new Error(`no Zipkin in ${libs}`);
    fs.copyFileSync(path.join(libs, jar), path.join(context, 'zipkin.jar'));
  },
};

/** Which jars the stack runs: the same ones. */
function jarsOf(server: string): Buffer {
  return fs.readFileSync(path.join(checkout, 'stack', 'servers', server, 'pom.xml'));
}

async function libsOf(server: typeof kafkaServer, tools: ServerContext): Promise<string> {
  return path.join((await server.obtain(tools)).folder ?? '', 'libs');
}
