import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fromCache, isCached, placeOf } from './cache.js';

let cache = '';
beforeEach(() => {
  cache = fs.mkdtempSync(path.join(os.tmpdir(), 'cache-'));
});
afterEach(() => fs.rmSync(cache, { recursive: true }));

const place = () => ({ cache, name: 'thing', pins: ['1.0'] });
const filling = (text: string) => (folder: string) => {
  fs.writeFileSync(path.join(folder, 'file'), text);
  return Promise.resolve('elsewhere');
};

it('fills a folder once', async () => {
  expect((await fromCache(place(), filling('first'))).from).toBe('elsewhere');
  const again = await fromCache(place(), filling('second'));
  expect(again.from).toBe('cache');
  expect(fs.readFileSync(path.join(again.folder, 'file'), 'utf8')).toBe('first');
});

it('is filled once by two at the same time', async () => {
  const both = await Promise.all([fromCache(place(), filling('a')), fromCache(place(), filling('b'))]);
  expect(both.map(({ from }) => from).sort()).toEqual(['cache', 'elsewhere']);
  expect(fs.readdirSync(cache)).toEqual([path.basename(placeOf(place()))]);
});

it('keeps nothing of a fetch that failed midway, and fetches again', async () => {
  const failing = (folder: string) => {
    fs.writeFileSync(path.join(folder, 'file'), 'half');
    return Promise.reject(new Error('cut off'));
  };
  await expect(fromCache(place(), failing)).rejects.toThrow('cut off');
  expect(isCached(place())).toBe(false);
  expect((await fromCache(place(), filling('whole'))).from).toBe('elsewhere');
});

it('goes on when the one who was filling it was killed', async () => {
  const dead = { pid: 999_999_999, startedAt: 'long ago', name: 'lock', command: '' };
  fs.writeFileSync(`${placeOf(place())}.lock`, JSON.stringify(dead));
  fs.mkdirSync(`${placeOf(place())}.filling-1234`);
  expect((await fromCache(place(), filling('whole'))).from).toBe('elsewhere');
});

it('takes other pins for another thing', async () => {
  await fromCache(place(), filling('old'));
  expect(isCached({ ...place(), pins: ['1.1'] })).toBe(false);
});
