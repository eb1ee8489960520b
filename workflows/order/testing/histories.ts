import { readdir, readFile, writeFile } from 'node:fs/promises';
import proto from '@temporalio/proto';
import type { SagaHandle } from './saga-test.js';

const { History } = proto.temporal.api.history.v1;
type History = Awaited<ReturnType<SagaHandle['fetchHistory']>>;

const folder = new URL('../histories/', import.meta.url);

/** With RECORD_HISTORIES set, keeps what just ran for the replay gate. */
export async function recordHistory(name: string, handle: SagaHandle): Promise<void> {
  if (process.env.RECORD_HISTORIES === undefined) return;
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(await handle.fetchHistory(), null, 1)}\n`);
}

export async function recordedHistories(): Promise<{ workflowId: string; history: History }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => {
      const json = JSON.parse(await readFile(new URL(name, folder), 'utf8')) as Record<string, unknown>;
      return { workflowId: name.replace('.json', ''), history: History.fromObject(json) };
    }),
  );
}
