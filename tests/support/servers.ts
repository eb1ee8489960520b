import { z } from 'zod';
import { parseEnv } from '../../platform/env.js';

const names = ['POSTGRES_ADMIN_URL', 'REDIS_URL', 'KAFKA_BROKERS', 'TEMPORAL_ADDRESS', 'ZIPKIN_URL', 'SMTP_URL', 'INBOX_URL', 'TEMPORAL_TEST_SERVER', 'TEMPORAL_CLI'] as const;

export type ServerName = (typeof names)[number];

/** Where a server for tests is. A missing one is a failure, never a skip. */
export function server(name: ServerName): string {
  try {
    return parseEnv(z.object({ [name]: z.string() }), process.env)[name] as string;
  } catch {
    throw new Error(`${name} is not set: run the tests with \`npm test\`, or start the servers with \`node stack/servers.js\``);
  }
}
