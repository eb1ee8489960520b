import { isFree } from './support/free-ports.js';
import { holderOfPort } from './support/port-holder.js';

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
