import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskQueue } from '../../../contracts/services.js';
import { server } from '../../../tests/support/servers.js';
import { workflowBundle } from './workflow-bundle.js';

export interface DoomedWorker {
  /** It has begun an activity, which it will never end. */
  atWork: Promise<void>;
  /** As `kill -9`. */
  kill(): void;
}

/** A worker in a process of its own; resolves when it takes work. */
export async function startDoomedWorker(taskQueue: TaskQueue, namespace: string): Promise<DoomedWorker> {
  const main = fileURLToPath(new URL('./doomed-worker-main.ts', import.meta.url));
  const bundlePath = path.join(await mkdtemp(path.join(tmpdir(), 'saga-bundle-')), 'bundle.js');
  await writeFile(bundlePath, (await workflowBundle()).code);
  const args = [main, taskQueue, namespace, server('TEMPORAL_ADDRESS'), bundlePath];
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.once('exit', () => void rm(path.dirname(bundlePath), { recursive: true }));
  let said = '';
  const says = (word: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => {
        if (said.includes(word)) resolve();
      });
      child.once('exit', () => reject(new Error(`the worker ended before it said "${word}"`)));
    });
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const atWork = says('at work');
  atWork.catch(() => undefined);
  await says('ready');
  return { atWork, kill: () => child.kill('SIGKILL') };
}
