import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/** A process id alone is reused sooner or later, above all in containers. Together with the moment the process started (and on Linux the boot) it is not. */
export interface ProcessRecord {
  pid: number;
  startedAt: string;
  name: string;
  command: string;
}

/** @returns a word for when the process started that stays the same as long as it lives; undefined when there is none */
export function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
}

export function isStillThere(record: ProcessRecord) {
  return record.startedAt !== '' && startOf(record.pid) === record.startedAt;
}

function startOnLinux(pid: number) {
  try {
    const stat = parseLinuxStat(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (!stat || stat.state === 'Z') return undefined;
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${stat.startTicks}`;
  } catch {
    return undefined;
  }
}

/** @param text the contents of /proc/<pid>/stat, see proc(5) */
export function parseLinuxStat(text: string): { state: string; startTicks: string } | undefined {
  // The command stands in brackets and may itself hold spaces and brackets, so count from the last one.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  return state && startTicks ? { state, startTicks } : undefined;
}

function startByPs(pid: number) {
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
    const [state = '', ...start] = text.split(/\s+/);
    return text === '' || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}
