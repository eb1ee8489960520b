import { describe, expect, it } from 'vitest';
import { shareInFlight } from './user-client.js';

describe('shareInFlight', () => {
  const open: ((answer: string) => void)[] = [];
  const asked: number[] = [];
  const ask = shareInFlight((key: number) => {
    asked.push(key);
    return new Promise<string>((resolve) => open.push(resolve));
  });

  it('asks once for those who ask for the same at the same time, and again afterwards', async () => {
    const [one, two, other] = [ask(1), ask(1), ask(2)];
    expect(asked).toEqual([1, 2]);
    open[0]?.('first');
    open[1]?.('second');
    expect(await Promise.all([one, two, other])).toEqual(['first', 'first', 'second']);

    const later = ask(1);
    expect(asked).toEqual([1, 2, 1]);
    open[2]?.('third');
    expect(await later).toBe('third');
  });

  it('shares an error too, and does not keep it', async () => {
    let calls = 0;
    const failing = shareInFlight(() => Promise.reject(new Error(`call ${++calls}`)));
    const both = await Promise.allSettled([failing('a'), failing('a')]);
    expect(both.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    await expect(failing('a')).rejects.toThrow('call 2');
  });
});
