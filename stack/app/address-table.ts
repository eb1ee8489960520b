import { withoutPassword } from '../support/without-password.js';

export function addressTable({ env, urls }: { env: Record<string, string>; urls: Record<string, string> }): string {
  const rows = [
    ['API', urls.gateway],
    ['Temporal Web UI', env.TEMPORAL_UI_URL],
    ['Kafka UI', env.KAFKA_UI_URL],
    ['Traces (Zipkin)', env.ZIPKIN_URL],
    ['Mail inbox', env.INBOX_URL],
    ['Temporal', env.TEMPORAL_ADDRESS],
    ['Kafka', env.KAFKA_BROKERS],
    ['Redis', env.REDIS_URL],
    ['PostgreSQL', env.POSTGRES_ADMIN_URL],
    ...Object.entries(urls).filter(([name]) => name !== 'gateway'),
  ];
  const shown = rows.filter(([, address]) => address);
  const width = Math.max(0, ...shown.map(([name = '']) => name.length));
  return shown.map(([name = '', address = '']) => `  ${name.padEnd(width)}  ${withoutPassword(address)}`).join('\n');
}
