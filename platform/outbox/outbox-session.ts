import { Client } from 'pg';

/** The PostgreSQL channel on which writers of the outbox wake its relay. */
export const WAKE_RELAY = 'outbox_events';

/** A long backlog is not counted to its end, because whoever counts is who has to clear it. */
const MOST_COUNTED = 10_000;

/** Any number will do that no other advisory lock of this database has. */
const LEADER_LOCK = 4_702_201;

/** A CloudEvent, as far as its relay has to know it. */
interface OutboxEvent {
  id: string;
  traceparent?: string;
}

/** What the events of an outbox are about: the column that says it, and its name in the log. */
export interface OutboxSubject {
  /** As it stands in SQL. */
  column: `${Lowercase<string>}_id`;
  name: string;
}

export interface OutboxRow {
  /** In the order of writing for one subject; between subjects a lower one may become visible later. */
  id: string;
  /** Which of them: the message's key. */
  subject: string;
  topic: string;
  event: OutboxEvent;
  /** The event as it is sent. */
  value: string;
  /** When it was written, by this process's clock in milliseconds since the epoch. */
  writtenAt: number;
}

export interface OutboxSession {
  /** Whether this session is now the one that publishes. It stays so until the session ends, however it does. */
  tryToLead(): Promise<boolean>;
  /** What is not marked as published, and how many seconds the oldest of it has waited. */
  waiting(): Promise<{ events: number; oldestS: number }>;
  /** The oldest, without those about some subjects. */
  unpublished(limit: number, withoutSubjects: readonly string[]): Promise<OutboxRow[]>;
  markPublished(rows: readonly OutboxRow[]): Promise<void>;
  /** Resolves when something was written since the rows were last read, and in any case after `ms` or when the session is lost. */
  untilWritten(ms: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * One connection for all that a relay does. The lock of its leader belongs to the connection: a relay that died, or that
 * lost its connection, can't mark anything while another one leads.
 */
export async function openOutboxSession(
  databaseUrl: string,
  service: string,
  column: OutboxSubject['column'],
): Promise<OutboxSession> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: `${service} relay`,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
    // A leader whose machine is gone is found out within a quarter of a minute, and another one takes over.
    options: '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2',
  });
  let written = false;
  let wake = (): void => undefined;
  const noteWritten = (): void => {
    written = true;
    wake();
  };
  client.on('notification', noteWritten);
  // A lost connection wakes whoever waits; the next query then tells them.
  client.on('error', noteWritten);
  client.on('end', noteWritten);
  await client.connect();
  await client.query(`LISTEN ${WAKE_RELAY}`);

  return {
    tryToLead: async () => {
      const { rows } = await client.query<{ leads: boolean }>('SELECT pg_try_advisory_lock($1) AS leads', [
        LEADER_LOCK,
      ]);
      return rows[0]?.leads === true;
    },
    waiting: async () => {
      const { rows } = await client.query<{ events: number; oldestS: number }>(
        `SELECT count(*)::integer AS events,
           coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::double precision AS "oldestS"
         FROM (SELECT created_at FROM outbox_events WHERE published_at IS NULL ORDER BY id LIMIT ${MOST_COUNTED}) AS oldest`,
      );
      return rows[0] ?? { events: 0, oldestS: 0 };
    },
    unpublished: async (limit, withoutSubjects) => {
      written = false;
      const { rows } = await client.query<Omit<OutboxRow, 'value' | 'writtenAt'> & { waitingS: number }>(
        `SELECT id, ${column}::text AS subject, topic, event,
           extract(epoch FROM clock_timestamp() - created_at)::double precision AS "waitingS"
         FROM outbox_events WHERE published_at IS NULL AND ${column}::text <> ALL($2::text[]) ORDER BY id LIMIT $1`,
        [limit, withoutSubjects],
      );
      const readAt = Date.now();
      return rows.map(({ waitingS, ...row }) => ({
        ...row,
        value: JSON.stringify(row.event),
        writtenAt: readAt - waitingS * 1000,
      }));
    },
    markPublished: async (rows) => {
      const ids = rows.map(({ id }) => id);
      await client.query('UPDATE outbox_events SET published_at = now() WHERE id = ANY($1::bigint[])', [ids]);
    },
    untilWritten: async (ms) => {
      if (written) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    close: () => client.end(),
  };
}
