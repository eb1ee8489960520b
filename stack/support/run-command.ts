import { spawn } from 'node:child_process';

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
    /** what went wrong stands first with npm, last with compilers */
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
