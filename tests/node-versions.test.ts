import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(file, 'utf8');
const { engines, devDependencies } = JSON.parse(read('package.json')) as {
  engines: { node: string };
  devDependencies: Record<string, string>;
};
const [, major = '', minor = ''] = /^>=(\d+)\.(\d+)$/.exec(engines.node) ?? [];
const triedByCi = [...read('.github/workflows/ci.yml').matchAll(/node: '(\d+)'/g)].map(([, version]) =>
  Number(version),
);

test('the oldest Node is the same wherever it is named', () => {
  expect(read('stack/run.js')).toContain(`< ${String(Number(major) * 1000 + Number(minor))};`);
  expect(read('stack/run.js')).toContain(`needs Node.js ${major}.${minor} or newer`);
  expect(read('stack/prerequisites.js')).toContain(`atLeast(machine.node, [${major}, ${minor}])`);
  expect(read('stack/prerequisites.js')).toContain(`'Node.js ${major}.${minor} or newer'`);
  expect(read('README.md')).toContain(`${major}.${minor} will do`);
  // What an older one has not is not to be used.
  expect(devDependencies['@types/node']).toMatch(new RegExp(`^${major}\\.`));
  expect(Math.min(...triedByCi)).toBe(Number(major));
});

test('the image runs on the newest Node that is tried', () => {
  const [, version] = /^ARG NODE_IMAGE=node:(\d+)\.\d+\.\d+-/m.exec(read('Dockerfile')) ?? [];
  expect(Number(version)).toBe(Math.max(...triedByCi));
  expect(read('README.md')).toContain(`needs Node ${String(version)} or`);
});
