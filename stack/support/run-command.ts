// @ts-check
import { spawn } from 'node:child_process';

/**
 * Runs a command to its end, in a process group of its own so that a Ctrl-C meant for us ends it through `signal` only.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, uid?: number, gid?: number, onLine?: (line: string) => void }} [options]
 * @returns {Promise<string>} its standard output; rejects with the first and last lines of both outputs when it fails
 */
export function runCommand(command, args, { cwd, env, signal, uid, gid, onLine } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const child = spawn(command, args, { cwd, env, uid, gid, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.pid && endGroup(child.pid);
    signal?.addEventListener('abort', stop, { once: true });
    let output = '';
    /** @type {string[]} what went wrong stands first with npm, last with compilers */
    const lines = [];
    /** @param {Buffer} chunk */
    const hear = (chunk) => {
      for (const line of chunk
        .toString()
        .split(/\r?\n/)
        .filter((each) => each.trim() !== '')) {
        lines.push(line);
        if (lines.length > 60) lines.splice(20, 1);
        onLine?.(line);
      }
    };
    child.stdout.on('data', (chunk) => {
      output += chunk;
      hear(chunk);
    });
    child.stderr.on('data', hear);
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once('close', (code, by) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason);
      else if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')} failed (${by ?? code}):\n${lines.join('\n')}`));
    });
  });
}

/** @param {number} pid the leader of the group */
function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}
