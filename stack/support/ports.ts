import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { withLock } from './lock.js';

/** Every port of a stack by the environment variable that moves it. The contract names these. */
export const defaultPorts = Object.freeze({
  GATEWAY_PORT: 8080,
  GATEWAY_METRICS_PORT: 8090,
  USER_SERVICE_PORT: 8081,
  ORDER_SERVICE_PORT: 8082,
  ORDER_WORKER_PORT: 8092,
  INVENTORY_SERVICE_PORT: 8084,
  INVENTORY_WORKER_PORT: 8094,
  PAYMENT_SERVICE_PORT: 8085,
  PAYMENT_WORKER_PORT: 8095,
  DELIVERY_SERVICE_PORT: 8086,
  DELIVERY_WORKER_PORT: 8096,
  PRODUCT_SERVICE_PORT: 8087,
  NOTIFICATION_SERVICE_PORT: 8088,
  CODEC_PORT: 8089,
  TEMPORAL_PORT: 7233,
  TEMPORAL_UI_PORT: 8233,
  KAFKA_PORT: 9092,
  KAFKA_CONTROLLER_PORT: 9093,
  REDIS_PORT: 6379,
  POSTGRES_PORT: 5432,
  ZIPKIN_PORT: 9411,
  PROMETHEUS_PORT: 9090,
  SMTP_PORT: 1025,
  INBOX_PORT: 1080,
  KAFKA_UI_PORT: 9000,
});

export type PortName = keyof typeof defaultPorts;

/** @returns throws naming every variable that is no port, and those that share one */
export function readPorts(env: NodeJS.ProcessEnv): Record<PortName, number> {
  const ports = { ...defaultPorts } as Record<PortName, number>;
  const wrong = [];
  for (const name of Object.keys(defaultPorts) as PortName[]) {
    const text = env[name];
    if (text === undefined || text === '') continue;
    const port = Number(text);
    if (/^\d+$/.test(text) && port >= 1 && port <= 65535) ports[name] = port;
    else wrong.push(`${name}=${text} is no port: it must be a number from 1 to 65535`);
  }
  wrong.push(...sharedPorts(ports));
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return ports;
}

function sharedPorts(ports: Record<string, number>): string[] {
  const names: Map<number, string[]> = new Map();
  for (const [name, port] of Object.entries(ports)) names.set(port, [...(names.get(port) ?? []), name]);
  return [...names]
    .filter(([, sharers]) => sharers.length > 1)
    .map(([port, sharers]) => `${sharers.join(' and ')} are all ${port}: each needs its own`);
}

/**
 * @param ports those about to be bound
 * @param holderOf who holds a port
 * @returns one line for each busy port
 */
export async function describeBusyPorts(
  ports: Record<string, number>,
  holderOf: (port: number) => string | undefined = holderOfPort,
): Promise<string[]> {
  const lines = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => {
      if (await isFree(port)) return [];
      const holder = holderOf(port) ?? 'a process that belongs to another user';
      return [
        `port ${port} is held by ${holder}; end that, or move ours: ${name}=${port + 10_000 > 65535 ? port - 1000 : port + 10_000}`,
      ];
    }),
  );
  return lines.flat();
}

/** Who asked for a port has bound it by then, or never will. */
const handedOutForMs = 3 * 60_000;

const folder = path.join(os.tmpdir(), `holdfast-ports-${os.userInfo().uid}`);

/**
 * Ports nobody listens on. They are taken from below the range the system itself gives to outgoing connections, so that one which is free now
 * is still free when a server that needs seconds to start binds it; and none is given to two who ask on this machine at about the same time.
 */
export function freePorts(count: number): Promise<number[]> {
  return withLock(path.join(folder, 'lock'), {}, async () => {
    const handedOut = readHandedOut();
    const found: Set<number> = new Set();
    while (found.size < count) {
      const port = randomInt(15_000, 32_000);
      if (!handedOut.has(port) && !found.has(port) && (await isFree(port))) found.add(port);
    }
    for (const port of found) handedOut.set(port, Date.now());
    fs.writeFileSync(handedOutFile, JSON.stringify([...handedOut]));
    return [...found];
  });
}

const handedOutFile = path.join(folder, 'handed-out.json');

/** @returns when each port was handed out, of those that were not long ago */
function readHandedOut(): Map<number, number> {
  try {
    const all = JSON.parse(fs.readFileSync(handedOutFile, 'utf8')) as [number, number][];
    return new Map(all.filter(([, at]) => Date.now() - at < handedOutForMs));
  } catch {
    // None yet, or cut off by the death of who wrote it: the ports are looked at anyway.
    return new Map();
  }
}

/** @returns whether 127.0.0.1 and all addresses can be bound */
async function isFree(port: number): Promise<boolean> {
  return (await canBind(port, '127.0.0.1')) && (await canBind(port, undefined));
}

function canBind(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @returns the process id and command of who listens on it; undefined when the system doesn't tell us */
function holderOfPort(port: number): string | undefined {
  const pid = process.platform === 'linux' ? holderOnLinux(port) : holderByLsof(port);
  return pid === undefined ? undefined : `process ${pid} (${commandOf(pid)})`;
}

function holderOnLinux(port: number) {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(readQuietly(`/proc/net/${table}`), port)));
  if (inodes.size === 0) return undefined;
  for (const pid of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (socketsOf(pid).some((inode) => inodes.has(inode))) return Number(pid);
  }
  return undefined;
}

/** @param table the contents of /proc/net/tcp or tcp6, see proc(5) */
export function listeningInodes(table: string, port: number): string[] {
  const listening = '0A';
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === listening && local?.endsWith(`:${hex}`))
    .flatMap((fields) => fields[9] ?? []);
}

function socketsOf(pid: string) {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function holderByLsof(port: number) {
  const found = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], { encoding: 'utf8' });
  const pid = Number(found.stdout.split('\n')[0]);
  return pid > 0 ? pid : undefined;
}

function commandOf(pid: number) {
  const line =
    readQuietly(`/proc/${pid}/cmdline`).split('\0').join(' ').trim() ||
    spawnSync('ps', ['-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' }).stdout.trim();
  return (line || 'command unknown').slice(0, 120);
}

function readQuietly(file: string) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
