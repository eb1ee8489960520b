import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { AUDIT_EVENTS } from '../../platform/audit.js';
import { DATABASES } from '../../stack/setup/migrations.js';
import { documentsMadeFromCode, fill, remade } from './documents.js';

it.each(documentsMadeFromCode)('%s says what the code says (else: npm run docs)', async (path) => {
  const { stands, should } = await remade(path);
  expect(stands).toBe(should);
});

it('puts each table into its place, and leaves the rest', () => {
  const place = 'before\n<!-- made from code: one -->\nold\n<!-- end -->\nafter';
  expect(fill(place, { one: 'new' })).toBe('before\n<!-- made from code: one -->\n\nnew\n\n<!-- end -->\nafter');
});

it('refuses a table without a place, and a place without a table', () => {
  expect(() => fill('', { one: 'new' })).toThrow('no place for one');
  expect(() => fill('<!-- made from code: two --><!-- end -->', {})).toThrow('no table two');
});

it.each(DATABASES)(
  'docs/retention.md says of each table of $setting when its rows go, or why they stay',
  async ({ directory }) => {
    const schema = await readFile(`${directory}/../schema.prisma`, 'utf8');
    const tables = [...schema.matchAll(/@@map\("(\w+)"\)/g)].map(([, table]) => `\`${table}\``);
    const said = await readFile('docs/retention.md', 'utf8');
    expect(tables.length).toBeGreaterThan(0);
    expect(tables.filter((table) => !said.includes(table))).toEqual([]);
  },
);

it('whatever docs/security.md says is written down is written somewhere', async () => {
  const isCode = (name: string) => /(?<!test)\.ts$/.test(name);
  const filesIn = async (folder: string) =>
    (await readdir(folder, { recursive: true })).filter(isCode).map((name) => `${folder}/${name}`);
  const files = [...(await filesIn('api')), ...(await filesIn('activities'))];
  const code = (await Promise.all(files.map((name) => readFile(name, 'utf8')))).join('\n');
  expect(Object.keys(AUDIT_EVENTS).filter((event) => !code.includes(`'${event}'`))).toEqual([]);
});

it.each(['README.md', 'docs/walkthroughs.md', 'docs/runbook.md'])(
  'what %s has one type fits 100 columns',
  async (path) => {
    const blocks = [...(await readFile(path, 'utf8')).matchAll(/^```sh\n([^]*?)^```/gm)].map(([, code = '']) => code);
    expect(blocks.length).toBeGreaterThan(5);
    expect(blocks.flatMap((code) => code.split('\n')).filter((line) => line.length > 100)).toEqual([]);
  },
);
