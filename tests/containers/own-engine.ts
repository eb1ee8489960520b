import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from '../../stack/support/lock.js';
import { manageProcess } from '../../stack/support/managed-process.js';
import { endLeftovers } from '../../stack/support/process-records.js';
import { runCommand } from '../../stack/support/run-command.js';
import { rememberRules, removeRules } from './network-rules.js';

interface StartOptions {
  cache: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  detail: (text: string) => void;
}

interface OwnEngine {
  env: { DOCKER_HOST: string; DOCKER_BUILDKIT: string };
  stop: () => Promise<void>;
}

/**
 * An engine for tests, whose images are kept in the cache from one run to the next. One run at a time has it: a second one waits.
 */
export async function startOwnEngine({ cache, env, signal, detail }: StartOptions): Promise<OwnEngine> {
  const dir = path.join(cache, 'engine');
  const release = await holdLock(path.join(dir, 'lock'), signal, detail);
  try {
    // Paths of sockets end at 108 bytes, so they can't lie below the cache. Always the same folder: what a killed engine left is found there.
    const run = `/run/holdfast-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}`;
    fs.mkdirSync(run, { recursive: true, mode: 0o700 });
    await endLeftovers(path.join(dir, 'run'), { grace: 30_000 });
    await rememberRules(run, env);
    const own = {
      // Debian's engine comes without buildx: the classic builder it is.
      env: { DOCKER_HOST: `unix://${run}/docker.sock`, DOCKER_BUILDKIT: '0' },
    };
    const ownEnv = { ...env, ...own.env };
    const docker = (...args: string[]) => runCommand('docker', args, { env: ownEnv });
    const daemon = manageProcess(
      {
        name: 'dockerd',
        command: 'dockerd',
        args: flags({ dir, run, host: own.env.DOCKER_HOST }),
        env,
        ready: async () => (await docker('version', '--format', '{{.Server.Version}}')) !== '',
        grace: 30_000,
      },
      { records: path.join(dir, 'run'), logs: path.join(dir, 'logs') },
    );
    const stop = async () => {
      try {
        if (daemon.pid !== undefined) await removeAllButImages(docker);
      } finally {
        await daemon.stop();
        await removeRules(run, env);
        await unmountBelow(run, env);
        fs.rmSync(run, { recursive: true, force: true });
        release();
      }
    };
    detail('starting one of our own');
    try {
      await daemon.start(signal);
      await removeAllButImages(docker);
    } catch (error) {
      await stop();
      throw error;
    }
    return { ...own, stop };
  } catch (error) {
    release();
    throw error;
  }
}

function flags({ dir, run, host }: { dir: string; run: string; host: string }): string[] {
  const configuration = path.join(run, 'daemon.json');
  // The machine's own configuration, if there is one, is for another engine.
  fs.writeFileSync(configuration, '{}');
  const files = Math.min(20_000, hardLimitOfFiles());
  return [
    ...['--config-file', configuration, '--host', host],
    ...['--data-root', path.join(dir, 'data'), '--exec-root', path.join(run, 'exec')],
    ...['--pidfile', path.join(run, 'docker.pid'), '--exec-opt', 'native.cgroupdriver=cgroupfs'],
    // Root in a container may not raise its limits: what an image asks for beyond them would keep it from starting.
    ...['--default-ulimit', `nofile=${files}:${files}`, '--default-ulimit', 'nproc=20000:20000'],
    // Builds use the host's network and Compose makes its own.
    ...['--bridge', 'none'],
  ];
}

function hardLimitOfFiles(): number {
  const line = /^Max open files\s+\S+\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'));
  return Number(line?.[1] ?? Infinity);
}

/** Also what a killed run left behind. */
async function removeAllButImages(docker: (...args: string[]) => Promise<string>): Promise<void> {
  const lines = async (...args: string[]) => (await docker(...args)).split('\n').filter((line) => line !== '');
  const containers = await lines('ps', '--all', '--quiet');
  if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers);
  await docker('network', 'prune', '--force');
  const volumes = await lines('volume', 'ls', '--quiet');
  if (volumes.length > 0) await docker('volume', 'rm', ...volumes);
}

/** An engine that ends leaves the network of the machine mounted in its folder. */
async function unmountBelow(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const points = fs
    .readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  for (const point of points.filter((each) => each.startsWith(`${folder}/`)).reverse()) {
    await runCommand('umount', [point], { env });
  }
}

/** Takes a lock whose end is a call away, and not that of a function. */
function holdLock(file: string, signal: AbortSignal, detail: (text: string) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const onWait = (holder: number) => detail(`process ${holder} has it: waiting for its end`);
    withLock(file, { signal, onWait }, () => new Promise<void>((release) => resolve(release))).catch(reject);
  });
}
