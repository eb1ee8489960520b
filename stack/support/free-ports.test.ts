import { expect, it } from 'vitest';
import { freePorts } from './ports.js';

it('gives no port to two who ask at about the same time', async () => {
  const all = (await Promise.all([1, 2, 3].map(() => freePorts(400)))).flat();
  expect(new Set(all).size).toBe(1200);
});
