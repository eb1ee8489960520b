// @ts-check
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} PostgresHome PostgreSQL refuses to run as root, so for root it runs as the user `postgres`, who must be able to enter both folders
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {string} native the binaries
 * @property {string} data
 */

/**
 * @param {{ native: string, data: string, detail: (text: string) => void }} wanted
 * @returns {PostgresHome}
 */
export function homeOf({ native, data, detail }) {
  if (process.getuid?.() !== 0) {
    fs.mkdirSync(data, { recursive: true, mode: 0o700 });
    return { native, data };
  }
  const user = userOf('postgres') ?? createUser('postgres');
  fs.mkdirSync(path.dirname(data), { recursive: true });
  const enters = (/** @type {string} */ folder) =>
    spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/' }).status === 0;
  const apart = '/var/lib/holdfast';
  const binaries = enters(path.join(native, 'bin')) ? native : copyOf(native, apart);
  const place = enters(path.dirname(data)) ? data : path.join(apart, `postgres-${short(data)}`);
  if (place !== data) detail(`the user postgres may not enter ${data}, so its data lies in ${place}`);
  fs.mkdirSync(place, { recursive: true, mode: 0o700 });
  fs.chownSync(place, user.uid, user.gid);
  return { ...user, native: binaries, data: place };
}

/** @param {string} native @param {string} apart */
function copyOf(native, apart) {
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

/** @param {string} name @returns {{ uid: number, gid: number } | undefined} */
function userOf(name) {
  const ask = (/** @type {string} */ flag) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const [uid, gid] = [ask('-u'), ask('-g')];
  return uid.status === 0 && gid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
}

/** @param {string} name */
function createUser(name) {
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
    { encoding: 'utf8' },
  );
  const user = userOf(name);
  if (!user)
    throw new Error(
      `PostgreSQL can't run as root and the user ${name} could not be made: ${made.stderr ?? made.error?.message}`,
    );
  return user;
}

/** @param {string} text */
function short(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
