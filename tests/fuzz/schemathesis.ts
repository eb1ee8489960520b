import path from 'node:path';
import { checkout } from '../../stack/support/paths.js';
import { runCommand } from '../../stack/support/run-command.js';
import { fromPypi } from '../support/from-pypi.js';

const here = path.join(checkout, 'tests', 'fuzz');

export const obtainSchemathesis = (signal: AbortSignal): Promise<string> =>
  fromPypi({ name: 'schemathesis', requirements: path.join(here, 'requirements.txt'), signal });

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
