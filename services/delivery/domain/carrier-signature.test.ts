import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedByCarrier, signCarrierEvent } from './carrier-signature.js';

const at = new Date('2026-03-01T12:00:00Z');
const keys = { old: 'an old secret', new: 'a new secret' };
const body = '{"status":"delivered","at":"2026-03-01T12:00:00Z"}';
const signature = signCarrierEvent({ body, key: keys.new, kid: 'new', at });

const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);
const accepts = (changes: Partial<Parameters<typeof isSignedByCarrier>[0]> = {}) =>
  isSignedByCarrier({ signature, body: Buffer.from(body), keys, now: at, ...changes });

describe('a carrier signature', () => {
  it('is the HMAC-SHA256 over time and body', () => {
    const v1 = createHmac('sha256', keys.new).update(`1772366400.${body}`).digest('hex');
    expect(signature).toBe(`t=1772366400,kid=new,v1=${v1}`);
  });

  it('is good with any of the keys', () => {
    expect(accepts()).toBe(true);
    expect(accepts({ signature: signCarrierEvent({ body, key: keys.old, kid: 'old', at }) })).toBe(true);
  });

  it('is good for five minutes, both ways', () => {
    expect(accepts({ now: after(300) })).toBe(true);
    expect(accepts({ now: after(301) })).toBe(false);
    expect(accepts({ now: after(-300) })).toBe(true);
    expect(accepts({ now: after(-301) })).toBe(false);
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['one of another form', `v1=${'0'.repeat(64)}`],
    ['one with something behind it', `${signature},v2=00`],
    ['a shortened one', signature.slice(0, -2)],
    ['one of an unknown key', signature.replace('kid=new', 'kid=other')],
    ['one of a key that every object has', signature.replace('kid=new', 'kid=toString')],
    ['one of another key', signature.replace('kid=new', 'kid=old')],
    ['one with another time', signature.replace('t=1772366400', 't=1772366401')],
  ])('is bad: %s', (_what, bad) => {
    expect(accepts({ signature: bad })).toBe(false);
  });

  it('is bad when a byte of the body differs, be it white space', () => {
    expect(accepts({ body: Buffer.from(`${body} `) })).toBe(false);
    expect(accepts({ body: Buffer.from(body.replace('delivered', 'returned')) })).toBe(false);
  });
});
