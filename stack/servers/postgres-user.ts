import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** PostgreSQL refuses to run as root, so for root it runs as the user `postgres`, who must be able to enter both folders */
export interface PostgresHome {
  uid?: number;
  gid?: number;
  /** the binaries */
  native: string;
  data: string;
}

export function homeOf({
  native,
  data,
  detail,
}: {
  native: string;
  data: string;
  detail: (text: string) => void;
}): PostgresHome {
  if (process.getuid?.() !== 0) {
    fs.mkdirSync(data, { recursive: true, mode: 0o700 });
    return { native, data };
  }
  const user = userOf('postgres') ?? createUser('postgres');
  fs.mkdirSync(path.dirname(data), { recursive: true });
  const enters = (folder: string) =>
    spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/' }).status === 0;
  const apart = '/var/lib/holdfast';
  const binaries = enters(path.join(native, 'bin')) ? native : copyOf(native, apart);
  const place = enters(path.dirname(data)) ? data : path.join(apart, `postgres-${short(data)}`);
  if (place !== data) detail(`the user postgres may not enter ${data}, so its data lies in ${place}`);
  fs.mkdirSync(place, { recursive: true, mode: 0o700 });
  fs.chownSync(place, user.uid, user.gid);
  return { ...user, native: binaries, data: place };
}

function copyOf(native: string, apart: string) {
  const { mtimeMs } = fs.statSync(path.join(native, 'bin', 'postgres'));
  const copy = path.join(apart, `native-${short(`${native}${mtimeMs}`)}`);
  if (!fs.existsSync(copy)) {
    const beside = `${copy}.${process.pid}`;
    fs.mkdirSync(apart, { recursive: true, mode: 0o755 });
    fs.cpSync(native, beside, { recursive: true, verbatimSymlinks: true });
    fs.renameSync(beside, copy);
  }
  return copy;
}

function userOf(name: string): { uid: number; gid: number } | undefined {
  const ask = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const [uid, gid] = [ask('-u'), ask('-g')];
  return uid.status === 0 && gid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
}

function createUser(name: string) {
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
    { encoding: 'utf8' },
  );
  const user = userOf(name);
  if (!user)
    throw new Error(
      `PostgreSQL can't run as root and the user ${name} could not be made: ${made.error?.message ?? made.stderr}`,
    );
  return user;
}

function short(text: string) {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
