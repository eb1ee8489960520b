import pg from 'pg';

export type DatabaseName =
  'user' | 'order' | 'inventory' | 'payment' | 'payment_simulator' | 'delivery' | 'product' | 'notification';

/** One per service, and the payment provider's own ledger. */
export const databaseNames: DatabaseName[] = [
  'user',
  'order',
  'inventory',
  'payment',
  'payment_simulator',
  'delivery',
  'product',
  'notification',
];

/**
 * Makes each database with a role of its own that alone may connect; harmless to repeat.
 * @returns their addresses
 */
export async function createDatabases({
  adminUrl,
  prefix,
  passwordOf,
}: {
  adminUrl: string;
  prefix: string;
  passwordOf: (name: DatabaseName) => string;
}): Promise<Record<DatabaseName, string>> {
  const urls: Partial<Record<DatabaseName, string>> = {};
  for (const name of databaseNames) {
    urls[name] = addressOf(adminUrl, `${prefix}${name}`, passwordOf(name));
    await createDatabase({ adminUrl, url: urls[name] });
  }
  return urls as Record<DatabaseName, string>;
}

/** Makes the database of an address, and the role with its password; what is there already stays, but for the password. */
export async function createDatabase({ adminUrl, url }: { adminUrl: string; url: string }) {
  const { username, password, pathname } = new URL(url);
  const [role, database] = [decodeURIComponent(username), decodeURIComponent(pathname.slice(1))];
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const [roleId, databaseId] = [client.escapeIdentifier(role), client.escapeIdentifier(database)];
    const roles = await client.query('select 1 from pg_roles where rolname = $1', [role]);
    const secret = client.escapeLiteral(decodeURIComponent(password));
    await client.query(`${roles.rowCount ? 'alter' : 'create'} role ${roleId} login password ${secret}`);
    const databases = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (!databases.rowCount) await client.query(`create database ${databaseId} owner ${roleId}`);
    await client.query(`revoke connect on database ${databaseId} from public`);
  } finally {
    await client.end();
  }
}

/** @param name of the database and of its role */
function addressOf(adminUrl: string, name: string, password: string) {
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return url.href;
}
