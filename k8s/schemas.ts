import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { obtainCrds, obtainKubernetesTools } from '../stack/checks/kubernetes.js';
import { onThisMachine } from '../stack/servers/registries.js';
import { parseManifests, renderText } from './check/render.js';

// `npm run k8s:schemas`: makes k8s/schemas anew, for the kinds that the manifests use: Kubernetes' own from the OpenAPI
// document of its release, others from their definitions. Needs Go and Java, as `npm start` does.
const KUBERNETES = 'k8s.io/kubernetes@v1.34.4';
const COMPOSE = 'github.com/compose-spec/compose-go/v2@v2.9.1';
const FOLDER = 'k8s/schemas';
const SAID_FOR_READERS = ['description', 'example', 'format', 'default'];

interface Schema {
  [key: string]: unknown;
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
}

const context = onThisMachine();
const { kustomize } = await obtainKubernetesTools(context);
const kinds = new Set<string>();
for (const folder of ['overlays/dev', 'overlays/production', 'operators'])
  for (const { apiVersion, kind } of parseManifests(await renderText(kustomize, folder)))
    kinds.add(`${apiVersion}/${kind}`);

const all = { ...kubernetesSchemas(), ...crdSchemas((await obtainCrds(context)).folder) };
for (const file of readdirSync(FOLDER)) rmSync(path.join(FOLDER, file));
for (const kind of [...kinds].sort()) {
  const schema = all[kind];
  if (schema === undefined) process.stdout.write(`no schema for ${kind}\n`);
  else writeFileSync(path.join(FOLDER, fileOf(kind)), `${JSON.stringify(schema)}\n`);
}

writeFileSync(path.join(FOLDER, 'compose-spec.json'), `${JSON.stringify(composeSchema())}\n`);

function composeSchema(): unknown {
  return JSON.parse(readFileSync(path.join(moduleFolder(COMPOSE), 'schema/compose-spec.json'), 'utf8'));
}

function moduleFolder(module: string): string {
  return (JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' })) as { Dir: string })
    .Dir;
}

/** As kubeconform asks for it: the first part of the group stands for all of it. */
function fileOf(kind: string): string {
  const [name = '', version = '', group = ''] = kind.split('/').reverse();
  return `${[name, ...(group ? [group.split('.')[0]] : []), version].join('-')}.json`.toLowerCase();
}

function kubernetesSchemas(): Record<string, Schema> {
  const { definitions } = JSON.parse(
    readFileSync(path.join(moduleFolder(KUBERNETES), 'api/openapi-spec/swagger.json'), 'utf8'),
  ) as {
    definitions: Record<string, Schema>;
  };
  const found: Record<string, Schema> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    for (const { group, version, kind } of (definition['x-kubernetes-group-version-kind'] ?? []) as Kind[])
      found[[group, version, kind].filter(Boolean).join('/')] ??= standalone(name, definitions);
  }
  return found;
}

interface Kind {
  group: string;
  version: string;
  kind: string;
}

/** With all that a definition refers to. */
function standalone(name: string, definitions: Record<string, Schema>): Schema {
  const used: Record<string, Schema> = {};
  const use = (wanted: string): void => {
    if (wanted in used) return;
    used[wanted] = strict(definitions[wanted] ?? {});
    for (const [, next = ''] of JSON.stringify(used[wanted]).matchAll(/#\/definitions\/([^"]+)/g)) use(next);
  };
  use(name);
  return { $ref: `#/definitions/${name}`, definitions: used };
}

function crdSchemas(folder: string): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  for (const file of readdirSync(folder)) {
    const { spec } = parse(readFileSync(path.join(folder, file), 'utf8')) as {
      spec: {
        group: string;
        names: { kind: string };
        versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
      };
    };
    for (const { name, schema } of spec.versions) {
      const known = schema.openAPIV3Schema;
      const metadata = { type: 'object' };
      found[`${spec.group}/${name}/${spec.names.kind}`] = strict({
        ...known,
        properties: { ...known.properties, metadata },
      });
    }
  }
  return found;
}

/** Without what only people read; an object has no properties but those that are named. */
function strict(schema: Schema): Schema {
  if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string')
    return { anyOf: [{ type: 'integer' }, { type: 'string' }] };
  const kept = Object.entries(schema)
    .filter(([key]) => !SAID_FOR_READERS.includes(key) && !key.startsWith('x-'))
    .map(([key, value]) => [key, strictValue(key, value)]);
  const made = Object.fromEntries(kept) as Schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties !== undefined;
  return made.properties && !isOpen ? { ...made, additionalProperties: false } : made;
}

function strictValue(key: string, value: unknown): unknown {
  if (key === 'properties')
    return Object.fromEntries(
      Object.entries(value as Record<string, Schema>).map(([name, one]) => [name, strict(one)]),
    );
  if (key === 'items' || (key === 'additionalProperties' && typeof value === 'object')) return strict(value as Schema);
  if (['anyOf', 'oneOf', 'allOf'].includes(key)) return (value as Schema[]).map((one) => ({ ...one }));
  return value;
}
