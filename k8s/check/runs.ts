import { z } from 'zod';
import { settingsOfProcesses, type Settings } from '../../docs/made-from-code/processes.js';
import { settingsOf } from '../../docs/made-from-code/settings.js';
import { ourProcesses } from '../../stack/app/processes.js';
import { defaultPorts } from '../../stack/support/ports.js';
import type { Environment } from '../environments.js';

/** One container of ours, whatever runs it. */
export interface Run {
  /** For whoever reads a finding. */
  where: string;
  /** Its first argument. */
  process: string;
  environment: Environment;
  /** Of `environment`, what every process is told, whether it asks or not. */
  shared: readonly string[];
  /** Those that others may ask it at. */
  ports: readonly number[];
}

/** Where a container and the code that runs in it disagree. */
export function disagreements({ where, process, environment, shared, ports }: Run): string[] {
  const settings = settingsOfProcesses[process];
  if (settings === undefined) return [`${where}: there is no process ${process}`];
  return [
    ...unknownNames(environment, settings, shared),
    ...refusedValues(environment, settings),
    ...otherThanInCode(process, environment, ports),
  ].map((finding) => `${where}: ${finding}`);
}

const known = new Set([
  ...settingsOf(settingsOfProcesses).map(({ name }) => name),
  // Read by kafkajs.
  'KAFKAJS_NO_PARTITIONER_WARNING',
]);

function unknownNames(environment: Environment, settings: Settings, shared: readonly string[]): string[] {
  return Object.keys(environment)
    .filter((name) => !(shared.includes(name) ? known.has(name) : name in settings))
    .map((name) => `${name} is no setting of it`);
}

function refusedValues(environment: Environment, settings: Settings): string[] {
  const { error } = z.object(settings).safeParse(environment);
  return (error?.issues ?? []).map(({ path, message }) => {
    const name = String(path[0]);
    return name in environment ? `${name} is refused: ${message}` : `${name} is missing`;
  });
}

function otherThanInCode(name: string, environment: Environment, ports: readonly number[]): string[] {
  const process = ourProcesses.find((one) => one.name === name);
  if (process === undefined) return ports.map((port) => `port ${port} is open, and it listens at none`);
  const port = defaultPorts[process.port];
  const own: number[] = [process.port, ...(process.metricsPort ? [process.metricsPort] : [])].map(
    (name) => defaultPorts[name],
  );
  const findings = [];
  if (environment['PORT'] !== `${port}`) findings.push(`PORT is ${environment['PORT']}, not ${port}`);
  if (environment['SERVICE_NAME'] !== process.service) findings.push(`SERVICE_NAME is not ${process.service}`);
  findings.push(...own.filter((one) => !ports.includes(one)).map((one) => `its port ${one} is not open`));
  return [
    ...findings,
    ...ports.filter((one) => !own.includes(one)).map((one) => `port ${one} is open, and it listens at ${own.join()}`),
  ];
}

/** By a tag that stays what it is, or a digest. */
export const isPinned = (image: string): boolean => /@sha256:[0-9a-f]{64}$|:(?!latest$|stable$)[\w.-]+$/.test(image);
