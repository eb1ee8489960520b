import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { LogLevel } from '@temporalio/common';
import { Runtime, makeTelemetryFilterString } from '@temporalio/worker';
import type { Logger } from '../logger.js';

interface ShapedEntry {
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

/** Of what Temporal's core says beside its message: ids and names, which are ours. */
const CORE_FIELDS = {
  workflow_id: 'workflowId',
  run_id: 'workflowRunId',
  workflow_type: 'workflowType',
  activity_id: 'activityId',
  activity_type: 'activityType',
  task_queue: 'taskQueue',
  target: 'target',
} as const;

/** Where another level says more to us. */
const LEVELS: [start: string, level: LogLevel][] = [
  // As happens wherever a step is done more than once at least: it was timed out, or another worker did it.
  ['Activity not found on completion', 'INFO'],
  ['Task not found when completing', 'INFO'],
  ['Query not found', 'INFO'],
  // The order can't go on.
  ['Failing workflow task', 'ERROR'],
];

/**
 * What Temporal's SDK says, as it may stand in a log. Its core dumps what it has at hand into messages and fields: task tokens, whole
 * answers with bytes of protocol buffers, payloads. Of these the ids are kept, and the codes that say what went wrong.
 */
export function shapedEntry(level: LogLevel, message: string, meta: Record<string, unknown> = {}): ShapedEntry {
  // By which whoever has it may complete a task.
  const { taskToken: _taskToken, spanContexts: _spanContexts, ...fields } = meta;
  if (meta['sdkComponent'] !== 'core') return { level, message, fields };
  const said = beforeDump(message);
  return {
    level: LEVELS.find(([start]) => said.startsWith(start))?.[1] ?? level,
    message: said,
    fields: {
      sdkComponent: 'core',
      ...Object.fromEntries(
        Object.entries(CORE_FIELDS)
          .filter(([name]) => typeof meta[name] === 'string')
          .map(([name, ours]) => [ours, meta[name]]),
      ),
      ...codesIn([message, ...Object.values(meta)].filter((value) => typeof value === 'string').join(' ')),
    },
  };
}

/** The words of a message up to where a dump begins. */
function beforeDump(message: string): string {
  const words = message.split(/[{[("\\]|\b\w*(?:Token|Status)\b|\S{25,}/, 1)[0] ?? '';
  return words.trim().slice(0, 200) || 'Temporal core';
}

/** Such as NotFound, and TMPRL1100, by which Temporal's documentation is searched. */
function codesIn(text: string): { code?: string; rule?: string } {
  const code = /\b(?:code|status): '?([A-Za-z][\w ]{0,60})/.exec(text)?.[1];
  const rule = /\bTMPRL\d+\b/.exec(text)?.[0];
  return { ...(code === undefined ? {} : { code }), ...(rule === undefined ? {} : { rule }) };
}

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/**
 * Once per process, before its first connection: the SDK logs as we do and leaves signals to us.
 * @returns what reads the SDK's own metrics, as Prometheus text: it answers them itself, at a port of this machine alone
 */
export async function installTemporalRuntime(
  logger: Logger,
  service: string,
  portToTry = freePort,
): Promise<() => Promise<string>> {
  const log = (level: LogLevel, message: string, meta?: Record<string, unknown>) => {
    const shaped = shapedEntry(level, message, meta);
    const { error, ...rest } = shaped.fields;
    logger[levels[shaped.level]]({ ...plain(rest), ...(error === undefined ? {} : { err: error }) }, shaped.message);
  };
  const install = (bindAddress: string) =>
    Runtime.install({
      shutdownSignals: [],
      logger: {
        log,
        trace: (message, meta) => log('TRACE', message, meta),
        debug: (message, meta) => log('DEBUG', message, meta),
        info: (message, meta) => log('INFO', message, meta),
        warn: (message, meta) => log('WARN', message, meta),
        error: (message, meta) => log('ERROR', message, meta),
      },
      telemetryOptions: {
        logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
        metrics: {
          prometheus: { bindAddress, unitSuffix: true, useSecondsForDurations: true },
          globalTags: { service },
          attachServiceName: false,
        },
      },
    });
  for (;;) {
    const bindAddress = `127.0.0.1:${await portToTry()}`;
    try {
      install(bindAddress);
      return async () => (await fetch(`http://${bindAddress}/metrics`)).text();
    } catch (error) {
      // Whoever looks for a free one, too, may have bound it first.
      if (!(error instanceof Error && error.message.includes('Address already in use'))) throw error;
    }
  }
}

/** The SDK binds one that it is told, and says of none which it has taken. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** pino can't write the nanoseconds that the SDK adds as a bigint. */
function plain(meta: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta).map(([key, value]) => [key, typeof value === 'bigint' ? value.toString() : value]),
  );
}
