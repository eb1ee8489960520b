import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { inject, onTestFinished } from 'vitest';
import { portSettings } from '../../stack/servers/all.js';
import { signalQuietly } from '../../stack/support/process-records.js';
import type { RunningApp } from './app.js';
import { server } from './servers.js';

/** The shell blocks of a document that are marked `<!-- test: name -->`, or `<!-- test: name, other -->`, as one script. */
export async function scriptFrom(document: string, name: string): Promise<string> {
  const text = await readFile(document, 'utf8');
  const blocks = [...text.matchAll(/<!-- test: ([a-z0-9, -]+) -->\n+```sh\n([^]*?)```/g)];
  const script = blocks.filter(([, names = '']) => names.split(', ').includes(name)).map(([, , code]) => code);
  if (script.length === 0) throw new Error(`${document} has no commands marked ${name}`);
  return script.join('\n');
}

/** As its reader would have set them before. */
export const withVariables = (variables: Record<string, string>, script: string): string =>
  [...Object.entries(variables).map(([name, value]) => `${name}='${value}'`), script].join('\n');

/** A script of a document that was started, and runs until it ends or is ended. */
export interface RunningScript {
  /** What it has printed so far. */
  readonly printed: string;
  /** Resolves with what it printed; rejects when it fails. */
  ended: Promise<string>;
  /** Ctrl-C. */
  end(): void;
}

/** What a script has to be told of an application. */
type ShellApp = Pick<RunningApp, 'urls' | 'redisUrl' | 'temporalNamespace' | 'dir'>;

/**
 * Starts a script as its reader would, but on an application of the tests: that which all files share, unless another
 * is said. It ends with its test at the latest.
 */
export function startShell(script: string, app?: ShellApp): RunningScript {
  const { printed, ended, end } = start(script, app);
  onTestFinished(() => end('SIGKILL'));
  return {
    get printed() {
      return printed();
    },
    ended,
    end: () => end('SIGINT'),
  };
}

/** No script takes so long. */
const shellLimitMs = 120_000;

/** Runs a script of a document to its end; gives what it printed, and fails as it fails. Several tests may do so at once. */
export function shell(script: string, app?: ShellApp): Promise<string> {
  const { ended, end } = start(script, app);
  const late = setTimeout(() => end('SIGKILL'), shellLimitMs);
  return ended.finally(() => clearTimeout(late));
}

function start(script: string, app: ShellApp = inject('app')) {
  const { redisUrl, temporalNamespace, dir } = app;
  const child = spawn('bash', ['-euo', 'pipefail', '-c', onTheTestsApp(script, app)], {
    // A group of its own: a following command is not alone in its pipe.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // As for whoever has a stack of `npm start`: it is found by its folder.
      TEMPORAL_ADDRESS: undefined,
      TEMPORAL_NAMESPACE: temporalNamespace,
      TEMPORAL_CLI_NAMESPACE: temporalNamespace,
      REDIS_URL: redisUrl,
      HOLDFAST_DIR: dir,
    },
  });
  let printed = '';
  let complained = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  child.stderr.on('data', (text: Buffer) => (complained += text.toString()));
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`ended with ${code}: ${script}\n${complained}\n${printed}`)),
    );
  });
  ended.catch(() => undefined);
  const end = (by: NodeJS.Signals): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) signalQuietly(-child.pid, by);
  };
  return { printed: () => printed, ended, end };
}

/** The documents speak of the ports and the folder of `npm start`. */
function onTheTestsApp(script: string, { urls, dir }: ShellApp): string {
  const named = portSettings().flatMap(({ port, of }) => (urls[of] ? [[`http://127.0.0.1:${port}`, urls[of]]] : []));
  const servers = [['http://127.0.0.1:9411', server('ZIPKIN_URL')]];
  return [...named, ...servers, ['.holdfast/dev', dir]].reduce(
    (text, [from = '', to = '']) => text.replaceAll(from, to),
    script,
  );
}
