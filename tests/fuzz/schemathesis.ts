import path from 'node:path';
import { cacheFolder, checkout } from '../../stack/support/paths.js';
import { fromPip } from '../../stack/support/pip.js';
import { runCommand } from '../../stack/support/run-command.js';

const here = path.join(checkout, 'tests', 'fuzz');

/** Fetches it. Rejects with what this machine lacks. */
export async function obtainSchemathesis(signal: AbortSignal): Promise<string> {
  const context = { cache: cacheFolder(process.env), environment: process.env, signal, detail: () => undefined };
  const requirements = path.join(here, 'requirements.txt');
  return fromPip(context, { name: 'schemathesis', requirements }).catch((cause: unknown) => {
    const way = 'apt-get install python3-pip, or brew install python';
    throw new Error(`Schemathesis needs Python 3.11 or newer with pip (${way})`, { cause });
  });
}

export interface Fuzzing {
  /** Where it was fetched to. */
  folder: string;
  gatewayUrl: string;
  accessToken: string;
  seed: number;
  /** Of each operation, on top of what the schemas' limits ask for. */
  examples: number;
  /** examples, coverage or fuzzing: Schemathesis's own words. */
  phases: string[];
  signal: AbortSignal;
  onLine?: (line: string) => void;
}

/** Sends requests made of the gateway's document. Rejects with what was found. */
export async function fuzz({
  folder,
  gatewayUrl,
  accessToken,
  seed,
  examples,
  phases,
  ...rest
}: Fuzzing): Promise<void> {
  const args = ['--config-file', path.join(here, 'schemathesis.toml'), 'run', `${gatewayUrl}/openapi.json`];
  args.push('--header', `Authorization: Bearer ${accessToken}`, '--continue-on-failure');
  // One after another: what is answered depends on what was sent before.
  args.push('--workers', '1');
  args.push('--seed', `${seed}`, '--max-examples', `${examples}`, '--phases', phases.join(','), '--no-color');
  await runCommand(path.join(folder, 'bin', 'st'), args, { env: { ...process.env, PYTHONPATH: folder }, ...rest });
}
