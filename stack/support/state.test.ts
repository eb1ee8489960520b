import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepsake } from './paths.js';
import { removeData, removeRests } from './state.js';

let dir = '';
beforeEach(() => {
  fs.mkdirSync(keepsake, { recursive: true });
  dir = fs.mkdtempSync(path.join(keepsake, 'fresh-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

it('removes data and secrets, and leaves the logs', () => {
  for (const folder of ['data/postgres', 'data/kafka', 'logs', 'data.removed-of-one-who-was-killed'])
    fs.mkdirSync(path.join(dir, folder), { recursive: true });
  for (const file of ['secrets.json', 'app-secrets.json']) fs.writeFileSync(path.join(dir, file), '{}');
  expect(removeData(dir)).toBe(true);
  expect(fs.readdirSync(dir)).toEqual(['logs']);
  expect(removeData(dir)).toBe(false);
});

it('finishes a removal that was killed', () => {
  fs.mkdirSync(path.join(dir, 'data.removed-1', 'postgres'), { recursive: true });
  fs.mkdirSync(path.join(dir, 'data'));
  removeRests(dir);
  expect(fs.readdirSync(dir)).toEqual(['data']);
});

it('touches nothing outside of the checkout', () => {
  const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'elsewhere-'));
  fs.mkdirSync(path.join(elsewhere, 'data'));
  expect(() => removeData(elsewhere)).toThrow('does not');
  expect(fs.readdirSync(elsewhere)).toEqual(['data']);
  fs.rmSync(elsewhere, { recursive: true });
});
