import { expect, it } from 'vitest';
import { endAll } from './start-and-end.js';

it('ends the last one first, and the others too when one can not be ended', async () => {
  const said: string[] = [];
  const ended = await endAll(
    [() => said.push('first'), () => Promise.reject(new Error('it hangs')), () => said.push('last')],
    (text) => said.push(text),
  );
  expect(said).toEqual(['last', '  ✗ it hangs', 'first']);
  expect(ended).toBe(false);
});
