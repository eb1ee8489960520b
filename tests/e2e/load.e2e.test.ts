import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { scriptFrom, shell } from '../support/document-shell.js';

async function refusal(...args: string[]) {
  const child = spawn(process.execPath, ['stack/run.js', 'load', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: code as number, said };
}

describe('npm run load', () => {
  it('says how each kind of order was answered, and how it ended', async () => {
    const out = await shell(await scriptFrom('docs/performance.md', 'load'));
    expect(out).toMatch(/^all +30( +\d+){4}$/m);
    for (const scenario of ['goes well', 'card declined', 'parcel refused', 'sold out', 'cancelled'])
      expect(out).toMatch(new RegExp(`^${scenario} +\\d`, 'm'));
    expect(out).toMatch(/ \d+ {2}COMPLETED$/m);
    for (const reason of ['PAYMENT_DECLINED', 'DELIVERY_REFUSED', 'INSUFFICIENT_STOCK', 'CUSTOMER_REQUEST'])
      expect(out).toMatch(new RegExp(` {2}CANCELLED, ${reason}$`, 'm'));
    // Until all are over: on a machine that is busy, some time after the last.
  }, 150_000);

  it.each([
    [['--url', 'https://shop.example.com'], /not on this machine: say --elsewhere/],
    [['--rate', '1000'], /--rate must be a number up to 200/],
    [['--for', 'ever'], /--for must be such as 30s/],
    [['--mix', 'wild'], /--mix must be one of demo, happy/],
  ])('refuses %j', async (args, why) => {
    const { code, said } = await refusal(...args);
    expect(code).toBe(2);
    expect(said).toMatch(why);
  });
});
