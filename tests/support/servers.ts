export type ServerName =
  | 'POSTGRES_ADMIN_URL'
  | 'REDIS_URL'
  | 'KAFKA_BROKERS'
  | 'TEMPORAL_ADDRESS'
  | 'ZIPKIN_URL'
  | 'SMTP_URL'
  | 'INBOX_URL'
  | 'TEMPORAL_TEST_SERVER'
  | 'STRIPE_MOCK'
  | 'TEMPORAL_UI_URL'
  | 'TEMPORAL_CLI'
  | 'TCTL'
  | 'CHROMIUM';

/** Where a server for tests is. A missing one is a failure, never a skip. */
export function server(name: ServerName): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(
    `${name} is not set: run the tests with \`npm test\`, or bring up the servers with \`npm run servers\``,
  );
}
