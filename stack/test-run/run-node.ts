import { spawn } from 'node:child_process';
import { checkout } from '../support/paths.js';
import { removeRecord, writeRecord } from '../support/process-records.js';

/**
 * In a process group of its own, so that a Ctrl-C reaches it through us alone; nothing of the group outlives it.
 * @param options within: a command that runs Node.js, and its arguments
 * @returns its exit code
 */
export function runNode(
  args: string[],
  {
    env,
    records,
    signal,
    within = [],
  }: { env: NodeJS.ProcessEnv; records: string; signal: AbortSignal; within?: string[] },
): Promise<number> {
  signal.throwIfAborted();
  const [command = process.execPath, ...rest] = [...within, process.execPath, ...args];
  const child = spawn(command, rest, {
    cwd: checkout,
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (child.pid) writeRecord(records, { pid: child.pid, name: 'tests', command: args.join(' ') });
  const end = (by: NodeJS.Signals) => child.pid && killGroup(child.pid, by);
  let late: NodeJS.Timeout | undefined;
  const stop = () => {
    end('SIGINT');
    late = setTimeout(() => end('SIGKILL'), 10_000);
  };
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(late);
      signal.removeEventListener('abort', stop);
      removeRecord(records, 'tests');
      // Workers of a runner that was killed would go on.
      end('SIGKILL');
      resolve(code ?? 1);
    });
  });
}

function killGroup(leader: number, by: NodeJS.Signals) {
  try {
    process.kill(-leader, by);
  } catch {
    // The group is empty.
  }
}
