import { z } from 'zod';
import { armCrashPoints } from './crash-points/crash-point.js';

/** The environment is not usable; the message names each setting and says why. */
export class InvalidEnvironment extends Error {
  override readonly name = 'InvalidEnvironment';
}

type Environment = Record<string, string | undefined>;

/** For tests alone: they make a process die, so production starts with none of them. */
const REFUSED_IN_PRODUCTION = ['CRASH_POINTS_DIR'];

/** Parses settings; an empty one counts as missing. Throws InvalidEnvironment. */
export function parseEnv<S extends z.ZodType>(schema: S, env: Environment): z.output<S> {
  const refused = env['NODE_ENV'] === 'production' ? REFUSED_IN_PRODUCTION.filter((name) => env[name]) : [];
  if (refused.length > 0)
    throw new InvalidEnvironment(`This process does not start in production with ${refused.join(', ')}: unset it`);
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? 'environment');
    return name in given ? `  ${name} is wrong: ${issue.message}` : `  ${name} is missing: set it in the environment`;
  });
  throw new InvalidEnvironment(`The settings of this process are incomplete:\n${[...new Set(lines)].join('\n')}`);
}

/** Reads the settings of a process once, at its start. Prints what is missing or wrong by name and exits 1. */
export function readEnv<S extends z.ZodType>(schema: S): z.output<S> {
  try {
    const parsed = parseEnv(schema, process.env);
    armCrashPoints(process.env['CRASH_POINTS_DIR'] || undefined);
    return parsed;
  } catch (error) {
    if (!(error instanceof InvalidEnvironment)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .pipe(z.int().min(0).max(65535));

/** One or several base URLs separated by commas, without trailing slashes. */
export const urlList = z
  .string()
  .transform((text) => text.split(',').map((url) => url.trim().replace(/\/+$/, '')))
  .pipe(z.array(z.url('must be one URL or several separated by commas')).min(1));

/** Names or addresses separated by commas. */
export const list = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.string()).min(1));

const unitMs: Record<string, number> = {
  ms: 1,
  s: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

/** Milliseconds, from "1500", "30s", "2 minutes" and the like. */
export const duration = z.string().transform((text, context) => {
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = unitMs[unit === '' ? 'ms' : unit.toLowerCase()] ?? unitMs[unit.toLowerCase().replace(/s$/, '')];
  if (amount !== undefined && factor !== undefined) return Number(amount) * factor;
  context.addIssue({ code: 'custom', message: 'must be milliseconds or a duration such as "30s" or "2 minutes"' });
  return z.NEVER;
});

export const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

/** A JSON document in a setting. */
export function json<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema as z.ZodType<z.output<S>>);
}

/** The settings of every process. Spread them into a process's own schema. */
export const processSettings = {
  SERVICE_NAME: z
    .string()
    .describe(
      "its name in logs, traces and metrics; a service's API and worker have the same, and so do its instances",
    ),
  HOST: z.string().default('127.0.0.1').describe('where it listens'),
  PORT: port.describe("0: any free one; a worker's answers health and metrics alone"),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('`trace`, `debug`, `info`, `warn`, `error` or `fatal`'),
  CRASH_POINTS_DIR: z
    .string()
    .optional()
    .describe('for tests: a folder in which they name where a process shall die; refused in `production`'),
};

/** Of whatever is started with `--import dist/platform/telemetry/register.js`. */
export const telemetrySettings = {
  ZIPKIN_URL: z
    .url()
    .optional()
    .describe('where traces go; without it they go nowhere, but logs and error answers still name their trace'),
  OTLP_URL: z
    .url()
    .optional()
    .describe(
      'where traces go instead of to Zipkin: the base URL of whatever takes OTLP over HTTP (`/v1/traces` below it)',
    ),
  TRACES_SAMPLED: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('which part of the traces is kept, from 0 to 1: the id decides, whatever the caller wishes'),
};

/** For services that have a simulator. */
export const nodeEnv = z
  .string()
  .default('development')
  .describe(
    'in `production` nobody tells the simulated provider and carrier what to do, and a payment provider takes no key for tests',
  );

export const databaseSettings = {
  DATABASE_URL: z.url().describe("the service's own PostgreSQL database; its API and its worker share it"),
};

/** Of those who delete what nobody needs any more. */
export const pruneSettings = {
  PRUNE_EVERY: duration
    .pipe(z.number().min(1_000).max(86_400_000, 'must be a day at most'))
    .default(3_600_000)
    .describe(
      'a duration, of a day at most: how often rows that are no longer kept are deleted, a few hundred at a time',
    ),
};

export const redisSettings = { REDIS_URL: z.url().describe('locks and counters; losing them loses nothing') };

export const kafkaSettings = { KAFKA_BROKERS: list.describe('a list of hosts with ports') };

/** Of those who make topics. */
export const topicSettings = {
  KAFKA_REPLICATION: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('on how many brokers each message of a topic lies that is made here; without it, what the brokers say'),
};

const key = z.string().refine((text) => Buffer.from(text, 'base64').length === 32, 'must be base64 of 32 bytes');

export const payloadKeySettings = {
  PAYLOAD_KEYS: json(z.record(z.string(), key)).describe(
    'JSON, key id to base64 of 32 bytes; old keys stay for as long as there are histories that were written with them',
  ),
  PAYLOAD_KEY_ID: z.string().describe('the key that new payloads in Temporal are encrypted with'),
};

export const temporalAddressSettings = {
  TEMPORAL_ADDRESS: z.string().describe("Temporal's host and port"),
  TEMPORAL_NAMESPACE: z.string().default('default').describe('must exist already'),
};

export const temporalSettings = {
  ...temporalAddressSettings,
  ...payloadKeySettings,
};
