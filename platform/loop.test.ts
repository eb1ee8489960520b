import { expect, test } from 'vitest';

import { createLogger } from './logger.js';
import { idlePauses, startLoop } from './loop.js';

test('tells of a failure when it begins, and again and again for as long as it lasts, but not at each try', async () => {
  const said: string[] = [];
  const logger = createLogger(
    { service: 'test', level: 'info' },
    { write: (line) => void said.push((JSON.parse(line) as { message: string }).message) },
  );
  let tries = 0;
  let worksAgain = (): void => undefined;
  const well = new Promise<void>((resolve) => (worksAgain = resolve));
  const pauses = { firstPauseMs: 1, longestPauseMs: 1, toldAgainMs: 50 };
  const loop = startLoop({ name: 'a loop', logger, ...pauses }, (running) => {
    tries += 1;
    if (said.length < 3) throw new Error('no');
    running.works();
    worksAgain();
    return running.stopRequested;
  });
  await well;
  await loop.stop();
  const waits = 'a loop waits to try again';
  expect(said).toEqual([waits, waits, waits, 'a loop works again']);
  expect(tries).toBeGreaterThan(4);
});

test('the longer nothing is found, the longer the pause, until there is something', () => {
  const pauseAfter = idlePauses(500);
  expect([0, 0, 0, 3, 0].map(pauseAfter)).toEqual([1_000, 2_000, 2_000, 500, 1_000]);
});
