import { settingsOfProcesses } from '../../docs/made-from-code/processes.js';
import { settingsOf } from '../../docs/made-from-code/settings.js';
import type { Run } from './runs.js';

/** A settings' names of what a process connects to. */
const isAddress = (name: string) => /(_URL|_ADDRESS|_BROKERS|_ISSUER)$/.test(name);

/** Addresses that a process hands on or compares, and connects to nobody by. */
const ONLY_SAID = ['JWT_ISSUER', 'TEMPORAL_UI_URL'];

const DEFAULT_PORTS: Record<string, number> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
  'rediss:': 6379,
  'smtp:': 25,
  'smtps:': 465,
};

export interface Address {
  host: string;
  port: number;
}

/** Whom a process connects to, by the settings that it reads. */
export function connectionsOf({ process, environment }: Pick<Run, 'process' | 'environment'>): Address[] {
  const read = Object.keys(settingsOfProcesses[process] ?? {});
  return read
    .filter((name) => isAddress(name) && !ONLY_SAID.includes(name))
    .flatMap((name) => (environment[name] ?? '').split(','))
    .filter((text) => text.trim() !== '')
    .map(addressIn);
}

/** The settings that say whom a process connects to, whoever reads them. */
export const connectionSettings = settingsOf(settingsOfProcesses)
  .map(({ name }) => name)
  .filter((name) => isAddress(name) && !ONLY_SAID.includes(name));

/** Of a URL, or of a host with its port. */
function addressIn(text: string): Address {
  const url = new URL(text.includes('://') ? text.trim() : `any://${text.trim()}`);
  return { host: url.hostname, port: url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 0) : Number(url.port) };
}
