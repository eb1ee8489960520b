import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

export interface Running {
  pid: number;
  parent: number;
  bytes: () => number;
}

/**
 * What each process takes together with those it started. On Linux memory that several share is divided among them
 * (the proportional set size), so that a sum over all is what they take together; elsewhere it is what is resident.
 * @returns bytes; nothing of those that have ended
 */
export function memoryOf(pids: number[]): Map<number, number> {
  const running = process.platform === 'linux' ? runningOnLinux() : runningByPs();
  const found = running.filter(({ pid }) => pids.includes(pid));
  return new Map(
    found.map((one) => [one.pid, withOffspring(one, running).reduce((sum, { bytes }) => sum + bytes(), 0)]),
  );
}

function withOffspring(one: Running, running: Running[]): Running[] {
  const children = running.filter(({ parent }) => parent === one.pid);
  return [one, ...children.flatMap((child) => withOffspring(child, running))];
}

function runningOnLinux(): Running[] {
  const pids = fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map((pid) => ({
    pid: Number(pid),
    parent: Number(/^PPid:\s+(\d+)/m.exec(readQuietly(`/proc/${pid}/status`))?.[1]),
    bytes: () => Number(/^Pss:\s+(\d+)/m.exec(readQuietly(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024,
  }));
}

function runningByPs(): Running[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  return ((stdout as string | null) ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, kilobytes = 0]) => ({ pid, parent, bytes: () => kilobytes * 1024 }));
}

function readQuietly(file: string) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
