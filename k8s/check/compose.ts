import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { withSecrets } from '../../stack/app/secrets.js';
import { ourProcesses } from '../../stack/app/processes.js';
import { defaultPorts, type PortName } from '../../stack/support/ports.js';
import type { Environment } from '../environments.js';
import { disagreements, isPinned, type Run } from './runs.js';

interface Service {
  image: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
  read_only?: boolean;
  privileged?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  deploy?: { resources?: { limits?: { cpus?: string; memory?: string } } };
}

interface Compose {
  services: Record<string, Service>;
}

/** With its anchors followed and its merges done, its variables as they stand. */
export const parseCompose = (text: string): Compose => parse(text, { merge: true, maxAliasCount: -1 }) as Compose;

/** All that is wrong with a docker-compose.yml. */
export function composeFindings(compose: Compose, imagesElsewhere: readonly string[]): string[] {
  const services = Object.entries(compose.services);
  return [
    ...malformedCompose(compose),
    ...services.flatMap(([name, service]) => unsafeService(service).map((what) => `service ${name} ${what}`)),
    ...services
      .filter(([, { image }]) => isOurs(image))
      .flatMap(([name, service]) => disagreements(runOf(name, service))),
    ...ourProcesses.filter(({ name }) => !(name in compose.services)).map(({ name }) => `${name} is not there`),
    ...services.flatMap(([name, { image }]) =>
      otherVersion(image, imagesElsewhere).map((what) => `service ${name} ${what}`),
    ),
  ];
}

const fitsSchema = new Ajv({ strict: false, validateFormats: false, validateSchema: false, allErrors: true }).compile(
  JSON.parse(readFileSync('k8s/schemas/compose-spec.json', 'utf8')) as object,
);

/** Against the schema of the Compose specification. */
function malformedCompose(compose: Compose): string[] {
  if (fitsSchema(compose)) return [];
  return (fitsSchema.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

const isOurs = (image: string) => image.includes('holdfast');

function unsafeService({ image, ports = [], deploy, ...service }: Service): string[] {
  const limits = deploy?.resources?.limits;
  const wrong: [boolean, string][] = [
    [limits?.cpus === undefined, 'has no limit of processors'],
    [limits?.memory === undefined, 'has no limit of memory'],
    [!isOurs(image) && !isPinned(image), `runs ${image}, which may be another tomorrow`],
    [service.privileged === true, 'is privileged'],
    [service.security_opt?.includes('no-new-privileges:true') !== true, 'can gain privileges'],
    [isOurs(image) && service.read_only !== true, 'can write to its root file system'],
    [isOurs(image) && service.cap_drop?.includes('ALL') !== true, 'has capabilities'],
    [ports.some((port) => !port.startsWith('127.0.0.1:')), 'is open to other machines'],
    ...ports.map((port): [boolean, string] => [
      !isMovable(port),
      `has ${port}, which is not the port of npm start, or can't be moved`,
    ]),
  ];
  return wrong.filter(([is]) => is).map(([, what]) => what);
}

/** Published at the setting of its own; those of npm start have the port of npm start. */
function isMovable(port: string): boolean {
  const [, setting = '', byDefault] = /^127\.0\.0\.1:\$\{([A-Z_]+):-(\d+)\}:\d+$/.exec(port) ?? [];
  if (byDefault === undefined) return false;
  return !(setting in defaultPorts) || defaultPorts[setting as PortName] === Number(byDefault);
}

const variables = parseEnv(withSecrets());

function runOf(name: string, { command = [], entrypoint = [], environment = {}, ports = [] }: Service): Run {
  const said = Object.entries(environment).map(([setting, value]) => [setting, interpolated(`${value}`, variables)]);
  return {
    where: `service ${name}`,
    process: [...entrypoint.slice(2), ...command][0] ?? '',
    // One that is empty is as good as none.
    environment: Object.fromEntries(said.filter(([, value]) => value !== '')) as Environment,
    shared: [],
    ports: ports.map((port) => Number(port.split(':').at(-1))),
  };
}

/** `${NAME}`, with a default after `:-` or a complaint after `:?`. */
function interpolated(text: string, variables: NodeJS.Dict<string>): string {
  return text.replace(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g, (_all, name: string, otherwise: string | undefined) => {
    return variables[name] ?? otherwise ?? '';
  });
}

/** One version of a server, wherever it runs. */
function otherVersion(image: string, imagesElsewhere: readonly string[]): string[] {
  const name = (one: string) => one.replace(/:[^:/]*$/, '');
  return imagesElsewhere
    .filter((other) => name(other) === name(image) && other !== image && !isOurs(image))
    .map((other) => `runs ${image}, and Kubernetes ${other}`);
}
