import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** @returns the process id and command of who listens on it; undefined when the system doesn't tell us */
export function holderOfPort(port: number): string | undefined {
  const pid = process.platform === 'linux' ? holderOnLinux(port) : holderByLsof(port);
  return pid === undefined ? undefined : `process ${pid} (${commandOf(pid)})`;
}

function holderOnLinux(port: number) {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(readQuietly(`/proc/net/${table}`), port)));
  if (inodes.size === 0) return undefined;
  for (const pid of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (socketsOf(pid).some((inode) => inodes.has(inode))) return Number(pid);
  }
  return undefined;
}

/** @param table the contents of /proc/net/tcp or tcp6, see proc(5) */
export function listeningInodes(table: string, port: number): string[] {
  const listening = '0A';
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === listening && local?.endsWith(`:${hex}`))
    .flatMap((fields) => fields[9] ?? []);
}

function socketsOf(pid: string) {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function holderByLsof(port: number) {
  const found = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], { encoding: 'utf8' });
  const pid = Number(found.stdout.split('\n')[0]);
  return pid > 0 ? pid : undefined;
}

function commandOf(pid: number) {
  const line =
    readQuietly(`/proc/${pid}/cmdline`).split('\0').join(' ').trim() ||
    spawnSync('ps', ['-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' }).stdout.trim();
  return (line || 'command unknown').slice(0, 120);
}

function readQuietly(file: string) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
