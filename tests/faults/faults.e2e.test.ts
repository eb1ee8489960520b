import { randomInt } from 'node:crypto';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createProgress } from '../../stack/support/terminal.js';
import { testDir } from '../support/app.js';
import { testFaults } from './run/main.js';

/** All of it takes a quarter of an hour. */
const whole = process.env['CI'] === 'true';

it(
  'orders survive the death of every process and the restart of every server',
  async ({ signal }) => {
    const seed = randomInt(1, 1_000_000);
    const findings = await testFaults({
      seed,
      orders: whole ? 300 : 30,
      extent: whole ? 'whole' : 'short',
      dir: path.resolve(testDir, 'faults'),
      progress: createProgress(),
      signal,
    });
    expect(findings, `npm run test:faults -- --seed ${seed}${whole ? '' : ' --short'}`).toEqual([]);
  },
  whole ? 30 * 60_000 : 5 * 60_000,
);
