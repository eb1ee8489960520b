import { Client } from 'pg';

/**
 * What a migrated database holds, one line per column, key and reference, as declaredSchema says it. Left out: checks
 * and partial indexes, which schema.prisma has no words for, and the table that counts migrations.
 */
export async function migratedSchema(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const answers = [
      await client.query<Row>(COLUMNS),
      await client.query<Row>(KEYS),
      await client.query<Row>(REFERENCES),
    ];
    return answers.flatMap(({ rows }) => rows.map((row) => row.line)).sort();
  } finally {
    await client.end();
  }
}

interface Row {
  line: string;
}

const TABLES = `
  SELECT oid, relname AS name FROM pg_class
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations'`;

const COLUMNS = `
  SELECT t.name || '.' || attname || ': ' || format_type(atttypid, atttypmod)
    || CASE WHEN attnotnull THEN ' not null' ELSE '' END || CASE WHEN atthasdef THEN ' default' ELSE '' END AS line
  FROM (${TABLES}) t JOIN pg_attribute ON attrelid = t.oid
  WHERE attnum > 0 AND NOT attisdropped`;

/** The columns of a list of attribute numbers, in its order. */
const names = (relation: string, numbers: string) => `(
  SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(${numbers}) WITH ORDINALITY AS key (number, place)
  JOIN pg_attribute ON attrelid = ${relation} AND attnum = number)`;

const KEYS = `
  SELECT t.name || ': ' || CASE WHEN indisprimary THEN 'primary key' WHEN indisunique THEN 'unique' ELSE 'index' END
    || ' (' || ${names('indrelid', 'indkey')} || ')' AS line
  FROM (${TABLES}) t JOIN pg_index ON indrelid = t.oid
  WHERE indpred IS NULL`;

const REFERENCES = `
  SELECT t.name || ': (' || ${names('conrelid', 'conkey')} || ') references ' || confrelid::regclass
    || ' (' || ${names('confrelid', 'confkey')} || ')'
    || CASE confdeltype WHEN 'c' THEN ' on delete cascade' ELSE '' END AS line
  FROM (${TABLES}) t JOIN pg_constraint ON conrelid = t.oid
  WHERE contype = 'f'`;
