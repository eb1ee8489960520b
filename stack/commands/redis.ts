import { once } from 'node:events';
import { stackFolder } from '../support/paths.js';
import { readState } from '../support/state.js';
import { errorMessage } from '../../platform/error-message.js';

const usage = `npm run redis -- [--raw | --no-raw] <command> [argument ...]
npm run redis -- --scan [--pattern <pattern>]

Sends one command to the Redis of the running npm start and shows the reply, as redis-cli does: keys 'inventory:lock:*',
get, pttl, monitor, subscribe, any other.
  --raw, --no-raw  plain values, or with their kind; plain unless this is a terminal
  --scan           all keys, or those that match --pattern
REDIS_URL names another server, HOLDFAST_DIR the folder of another stack.`;

/** `npm run redis` */
export async function run() {
  const { command, args, raw, scan } = readArguments(process.argv.slice(2));
  const { Redis } = await import('ioredis');
  const client = new Redis(addressOf(process.env), {
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  let broken = '';
  client.on('error', (error) => (broken = error.message));
  process.stdout.on('error', () => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(0));
  const show = (reply: unknown) => console.log(raw ? rawReply(reply) : formatReply(reply));
  try {
    await client.connect();
    if (scan !== undefined) {
      for await (const keys of client.scanStream({ match: scan, count: 1000 })) for (const key of keys) show(key);
    } else if (command === 'monitor') {
      console.log('OK');
      const monitor = await client.monitor();
      monitor.on('monitor', (time: string, parts: string[], source: string, database: string) =>
        console.log(`${time} [${database} ${source}] ${parts.map((part) => JSON.stringify(part)).join(' ')}`),
      );
      await once(monitor, 'end');
    } else if (command === 'subscribe' || command === 'psubscribe') {
      client.on('message', (channel, message) => show(['message', channel, message]));
      client.on('pmessage', (pattern, channel, message) => show(['pmessage', pattern, channel, message]));
      const subscribed = await client[command](...args);
      show([command, ...args, subscribed]);
      await once(client, 'end');
    } else {
      show(await client.call(command, ...args));
    }
  } catch (error) {
    console.error(`(error) ${broken || errorMessage(error)}`);
    process.exitCode = 1;
  } finally {
    client.disconnect();
  }
}

function readArguments(given: string[]) {
  let raw = !process.stdout.isTTY;
  while (given[0] === '--raw' || given[0] === '--no-raw') raw = given.shift() === '--raw';
  const [command = '', ...args] = given;
  if (command === '--scan') {
    const [flag, scan = '*', ...more] = args;
    if ((flag === undefined || flag === '--pattern') && more.length === 0) return { command, args, raw, scan };
  }
  if (command === '' || command.startsWith('-')) {
    const asked = command === '--help';
    console[asked ? 'log' : 'error'](usage);
    process.exit(asked ? 0 : 2);
  }
  return { command: command.toLowerCase(), args, raw };
}

function addressOf({ REDIS_URL, ...environment }: NodeJS.ProcessEnv) {
  const dir = stackFolder(environment);
  const address = REDIS_URL || readState(dir, 'app')?.env.REDIS_URL || readState(dir, 'servers')?.env.REDIS_URL;
  if (address) return address;
  console.error(`Nothing runs in ${dir}, and REDIS_URL names no other. Start it with: npm start`);
  process.exit(1);
}

/** The client doesn't tell a status from a text; these are what statuses say. */
const statuses = new Set(['OK', 'PONG', 'QUEUED']);

/**
 * A reply as redis-cli shows it on a terminal.
 * @param indent for the lines after the first
 */
export function formatReply(reply: unknown, indent: string = ''): string {
  if (reply === null || reply === undefined) return '(nil)';
  if (typeof reply === 'number' || typeof reply === 'bigint') return `(integer) ${reply}`;
  if (reply instanceof Error) return `(error) ${reply.message}`;
  if (!Array.isArray(reply)) {
    const text = plain(reply);
    return statuses.has(text) ? text : JSON.stringify(text);
  }
  if (reply.length === 0) return '(empty array)';
  const width = `${reply.length}`.length;
  return reply
    .map((item, index) => {
      const head = `${`${index + 1}`.padStart(width)}) `;
      return `${index > 0 ? indent : ''}${head}${formatReply(item, indent + ' '.repeat(head.length))}`;
    })
    .join('\n');
}

/** A reply as redis-cli shows it to another program: the plain values, one a line. */
export function rawReply(reply: unknown): string {
  if (Array.isArray(reply)) return reply.map(rawReply).join('\n');
  if (reply instanceof Error) return reply.message;
  return reply === null || reply === undefined ? '' : plain(reply);
}

/** Texts, numbers and bytes. */
function plain(reply: unknown) {
  return String(reply);
}
