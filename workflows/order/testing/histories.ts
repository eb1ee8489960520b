import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import proto from '@temporalio/proto';
import type { SagaHandle } from './saga-test.js';

const { History } = proto.temporal.api.history.v1;
type History = Awaited<ReturnType<SagaHandle['fetchHistory']>>;

export interface RecordedHistory {
  /** The recorded order's name. */
  workflowId: string;
  history: History;
}

const folder = new URL('../histories/', import.meta.url);
const fileOf = (name: string) => new URL(`${name}.json`, folder);

/** Set by `npm run histories`. */
const records = process.env.RECORD_HISTORIES !== undefined;

/**
 * With RECORD_HISTORIES set, keeps what just ran for the replay gate, an event on each line, unless there is one of this
 * name: orders may be under way that went as it did.
 */
export async function recordHistory(name: string, handle: SagaHandle): Promise<void> {
  if (!records || existsSync(fileOf(name))) return;
  const { events } = JSON.parse(JSON.stringify(await handle.fetchHistory(), withoutWhatReplayIgnores)) as {
    events: unknown[];
  };
  const lines = events.map((event) => JSON.stringify(event));
  await writeFile(fileOf(name), `{"events":[\n${lines.join(',\n')}\n]}\n`);
}

/** `<kind>`, and `<kind>.<what was otherwise>` of those that older code has recorded. */
export async function recordedNames(): Promise<string[]> {
  const files = await readdir(folder);
  return files.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : [])).sort();
}

export async function recordedHistories(): Promise<RecordedHistory[]> {
  const names = await recordedNames();
  return Promise.all(
    names.map(async (workflowId) => {
      const json = JSON.parse(await readFile(fileOf(workflowId), 'utf8')) as Record<string, unknown>;
      return { workflowId, history: History.fromObject(json) };
    }),
  );
}

/** Who did it and in which trace; and what went into activities, whose answers alone count. Half of the bytes. */
const IGNORED_BY_REPLAY = ['taskId', 'identity', 'requestId', 'header', 'workerVersion'];

function withoutWhatReplayIgnores(key: string, value: unknown): unknown {
  if (IGNORED_BY_REPLAY.includes(key)) return undefined;
  if (key !== 'activityTaskScheduledEventAttributes') return value;
  return { ...(value as object), input: undefined };
}
