import { createProgress, type Progress } from '../../stack/support/terminal.js';
import { cacheFolder } from '../../stack/support/paths.js';
import { runCommand } from '../../stack/support/run-command.js';
import { canInstall, hasProgram, installPackages } from './packages.js';
import { findCompose } from './compose.js';
import { describeLack } from './missing.js';
import { startOwnEngine } from './own-engine.js';

interface RunOptions {
  cwd?: string;
  signal?: AbortSignal;
  onLine?: (line: string) => void;
}

export interface Engine {
  /** Runs `docker`; resolves with its standard output. */
  docker: (args: string[], options?: RunOptions) => Promise<string>;
  compose: (args: string[], options?: RunOptions) => Promise<string>;
  /** Compose as one types it: the plugin of `docker`, or a program of its own. */
  composeCommand: readonly [string, ...string[]];
  /** The environment in which `docker` and Compose speak with this engine. */
  env: NodeJS.ProcessEnv;
  /** Started here for tests: nobody else's images, containers or networks are in it. */
  isOwn: boolean;
  /** Ends what was started here; one that was found is left as it is. */
  stop: () => Promise<void>;
}

interface OpenOptions {
  progress?: Progress;
  signal?: AbortSignal;
  environment?: NodeJS.ProcessEnv;
}

/** The Docker engine that this machine has; else, where that can be done, one of our own until it is stopped. */
export async function openEngine({
  progress = createProgress(),
  signal = new AbortController().signal,
  environment = process.env,
}: OpenOptions = {}): Promise<Engine> {
  const step = progress.step('container engine');
  const cache = cacheFolder(environment);
  // dockerd and iptables lie where not every root looks.
  const env = { ...environment, PATH: `${environment.PATH ?? ''}:/usr/sbin:/sbin` };
  let own: Awaited<ReturnType<typeof startOwnEngine>> | undefined;
  try {
    if (!(await answers(env, signal))) {
      if (!(await hasProgram('dockerd', env)) && canInstall()) {
        await installPackages(['docker.io'], { env, signal, detail: step.detail });
      }
      // Where services are started by the installation, the one installed runs by now.
      if (!(await answers(env, signal))) {
        if (process.getuid?.() !== 0 || !(await hasProgram('dockerd', env))) throw new Error(describeLack('engine'));
        own = await startOwnEngine({ cache, env, signal, detail: step.detail });
      }
    }
    const ownEnv = own ? { ...env, ...own.env } : env;
    const composeCommand = await findCompose({ cache, env: ownEnv, signal, detail: step.detail });
    const version = await versionOf(ownEnv, signal);
    step.done(own ? `Docker ${version}, one of our own: it answers at ${own.env.DOCKER_HOST}` : `Docker ${version}`);
    const [program, ...first] = composeCommand;
    return {
      docker: (args, options) => runCommand('docker', args, { env: ownEnv, ...options }),
      compose: (args, options) => runCommand(program, [...first, ...args], { env: ownEnv, ...options }),
      composeCommand,
      env: ownEnv,
      isOwn: own !== undefined,
      stop: async () => own?.stop(),
    };
  } catch (error) {
    step.failed();
    await own?.stop();
    throw error;
  }
}

async function answers(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<boolean> {
  return versionOf(env, AbortSignal.any([signal, AbortSignal.timeout(20_000)])).then(
    (version) => version !== '',
    () => {
      signal.throwIfAborted();
      return false;
    },
  );
}

async function versionOf(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  return (await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { env, signal })).trim();
}
