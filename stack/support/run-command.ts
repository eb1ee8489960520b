import { spawn } from 'node:child_process';
import { checkout } from './paths.js';
import { removeRecord, writeRecord } from './process-records.js';

/**
 * Runs a command to its end, in a process group of its own so that a Ctrl-C meant for us ends it through `signal` only.
 * @returns its standard output; rejects with the first and last lines of both outputs when it fails
 */
export function runCommand(
  command: string,
  args: string[],
  {
    cwd,
    env,
    signal,
    uid,
    gid,
    onLine,
  }: {
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    signal?: AbortSignal;
    uid?: number;
    gid?: number;
    onLine?: (line: string) => void;
  } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, { cwd, env, uid, gid, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.pid && endGroup(child.pid);
    signal?.addEventListener('abort', stop, { once: true });
    let output = '';
    /** What went wrong stands first with npm, last with compilers. */
    const lines: string[] = [];
    const hear = (chunk: Buffer) => {
      for (const line of chunk
        .toString()
        .split(/\r?\n/)
        .filter((each) => each.trim() !== '')) {
        lines.push(line);
        if (lines.length > 60) lines.splice(20, 1);
        onLine?.(line);
      }
    };
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      hear(chunk);
    });
    child.stderr.on('data', hear);
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once('close', (code, by) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')} failed (${by ?? code}):\n${lines.join('\n')}`));
    });
  });
}

/** @param pid the leader of the group */
function endGroup(pid: number) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

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
