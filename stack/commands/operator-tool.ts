import { spawn } from 'node:child_process';
import { onThisMachine } from '../servers/registries.js';
import { tctl } from '../servers/go-tools.js';
import { temporalCli } from '../servers/temporal.js';
import type { Server } from '../servers/types.js';
import { stackFolder } from '../support/paths.js';
import { readPorts } from '../support/ports.js';
import { readState } from '../support/state.js';

/** Of the running stack. */
export interface Addresses {
  temporal: string;
  codec: string;
}

/** Where the running stack is, in each tool's own words; what the environment says comes first. */
const tools = {
  temporal: {
    tool: temporalCli,
    given: 'TEMPORAL_CLI',
    environment: ({ temporal, codec }: Addresses) => ({ TEMPORAL_ADDRESS: temporal, TEMPORAL_CODEC_ENDPOINT: codec }),
  },
  tctl: {
    tool: tctl,
    given: 'TCTL',
    environment: ({ temporal }: Addresses) => ({ TEMPORAL_CLI_ADDRESS: temporal }),
  },
};

/**
 * `npm run temporal` and `npm run tctl`: one of Temporal's command lines against the stack of `npm start`, with our arguments;
 * gets it first where it isn't here yet.
 */
export async function run() {
  const name = process.argv.splice(2, 1)[0] as keyof typeof tools;
  const { tool, given, environment } = tools[name];
  const program = process.env[given] ?? (await obtain(tool));
  const child = spawn(program, process.argv.slice(2), {
    stdio: 'inherit',
    env: { ...environment(addresses()), ...process.env },
  });
  child.once('error', (error) => {
    console.error(`${name} could not be run: ${error.message}`);
    process.exitCode = 1;
  });
  child.once('exit', (code) => (process.exitCode = code ?? 1));
}

/** @returns as the running stack says; else where it would be */
function addresses(): Addresses {
  const app = readState(stackFolder(), 'app');
  const ports = readPorts(process.env);
  return {
    temporal: app?.env.TEMPORAL_ADDRESS ?? `127.0.0.1:${ports.TEMPORAL_PORT}`,
    codec: app?.urls['codec-server'] ?? `http://127.0.0.1:${ports.CODEC_PORT}`,
  };
}

async function obtain(tool: Server): Promise<string> {
  const context = { ...onThisMachine(), ports: {}, secrets: {}, durable: true };
  if (!tool.isHere?.(context.cache, process.env))
    console.error(`Getting ${tool.name}, which takes some minutes the first time`);
  const { program } = await tool.obtain({ ...context, dir: context.cache });
  return program ?? '';
}
