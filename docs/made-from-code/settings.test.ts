import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ourProcesses } from '../../stack/app/processes.js';
import { portSettings, stackSettings } from '../../stack/servers/all.js';
import { settingsOfProcesses } from './processes.js';
import { settingsOf } from './settings.js';

const folders = [
  ...['activities', 'api', 'clients', 'contracts', 'notifications', 'platform', 'services', 'stack', 'workers'],
  'workflows',
];

/** Not for whoever runs Holdfast: a library's, the shell's, and what a test or a tool hands to its own processes. */
const notSettings = ['KAFKAJS_NO_PARTITIONER_WARNING', 'PATH', 'HOME'];

it('knows what every process of the stack reads', () => {
  expect(Object.keys(settingsOfProcesses)).toEqual(expect.arrayContaining(ourProcesses.map(({ name }) => name)));
});

it('knows every name that the code reads from the environment', async () => {
  const known = new Set([
    ...settingsOf(settingsOfProcesses).map(({ name }) => name),
    ...Object.keys(stackSettings()),
    ...portSettings().map(({ setting }) => setting),
    ...notSettings,
  ]);
  const unknown = [];
  for (const file of await sources()) {
    for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(environmentRead))
      if (!known.has(name)) unknown.push(`${file} reads ${name}`);
  }
  // One process's: a config.ts. The stack's: stack/servers/all.ts.
  expect(unknown).toEqual([]);
});

it.each([
  ["process.env['NAME_OF_IT']", 'NAME_OF_IT'],
  ['env.NAME_OF_IT', 'NAME_OF_IT'],
  ['environment?.["NAME_OF_IT"]', 'NAME_OF_IT'],
])('finds %s', (text, name) => expect([...text.matchAll(environmentRead)][0]?.[1]).toBe(name));

it('refuses a setting without a meaning', () => {
  expect(() => settingsOf({ one: { NAME: z.string() } })).toThrow('NAME has no meaning');
});

it('refuses a setting that means two things, or has two defaults', () => {
  const first = { NAME: z.string().default('a').describe('this') };
  expect(() => settingsOf({ first, second: { NAME: z.string().default('a').describe('that') } })).toThrow('NAME');
  expect(() => settingsOf({ first, second: { NAME: z.string().default('b').describe('this') } })).toThrow('NAME');
});

it('says who needs it, and who may do without', () => {
  const one = z.string().describe('this');
  expect(settingsOf({ first: { NAME: one }, second: { NAME: one.optional() } })).toEqual([
    { name: 'NAME', meaning: 'this', requiredBy: ['first'], readBy: ['first', 'second'] },
  ]);
});

const environmentRead = /\b(?:process\.env|env|environment)(?:\?)?(?:\.|\.?\[['"])([A-Z][A-Z0-9_]+)/g;

async function sources(): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => (await readdir(folder, { recursive: true })).map((file) => `${folder}/${file}`)),
  );
  return found.flat().filter((file) => /\.[jt]s$/.test(file) && !/\/(generated|testing)\/|\.test\.[jt]s$/.test(file));
}
