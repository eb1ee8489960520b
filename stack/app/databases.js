// @ts-check
import pg from 'pg';

/** @typedef {'user' | 'order' | 'inventory' | 'payment' | 'payment_simulator' | 'delivery' | 'product' | 'notification'} DatabaseName */

/** One per service, and the payment provider's own ledger. @type {DatabaseName[]} */
export const databaseNames = [
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
 * @param {{ adminUrl: string, prefix: string, passwordOf: (name: DatabaseName) => string }} wanted
 * @returns {Promise<Record<DatabaseName, string>>} their addresses
 */
export async function createDatabases({ adminUrl, prefix, passwordOf }) {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    /** @type {Partial<Record<DatabaseName, string>>} */
    const urls = {};
    for (const name of databaseNames) {
      const id = client.escapeIdentifier(`${prefix}${name}`);
      const password = client.escapeLiteral(passwordOf(name));
      const role = await client.query('select 1 from pg_roles where rolname = $1', [`${prefix}${name}`]);
      await client.query(`${role.rowCount ? 'alter' : 'create'} role ${id} login password ${password}`);
      const database = await client.query('select 1 from pg_database where datname = $1', [`${prefix}${name}`]);
      if (!database.rowCount) await client.query(`create database ${id} owner ${id}`);
      await client.query(`revoke connect on database ${id} from public`);
      urls[name] = addressOf(adminUrl, `${prefix}${name}`, passwordOf(name));
    }
    return /** @type {Record<DatabaseName, string>} */ (urls);
  } finally {
    await client.end();
  }
}

/** @param {string} adminUrl @param {string} name of the database and of its role @param {string} password */
function addressOf(adminUrl, name, password) {
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return url.href;
}
