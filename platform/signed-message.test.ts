import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signingKey, signMessage } from './signed-message.js';

const at = new Date('2026-03-01T12:00:00Z');
type Key = { of: string; secret: string };
const keys: Record<'old' | 'new' | 'other', Key> = {
  old: { of: 'Post', secret: 'an old secret' },
  new: { of: 'Post', secret: 'a new secret' },
  other: { of: 'Courier', secret: 'the secret of another' },
};
const body = '{"status":"delivered","at":"2026-03-01T12:00:00Z"}';
const signature = signMessage({ body, key: keys.new.secret, kid: 'new', at });

const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);
const accepts = (changes: Partial<Parameters<typeof signingKey<Key>>[0]> = {}) =>
  signingKey<Key>({ signature, body: Buffer.from(body), keys, now: at, ...changes })?.of;

describe('a signature', () => {
  it('is the HMAC-SHA256 over time and body', () => {
    const v1 = createHmac('sha256', keys.new.secret).update(`1772366400.${body}`).digest('hex');
    expect(signature).toBe(`t=1772366400,kid=new,v1=${v1}`);
  });

  it('is good with any of the keys, and tells whose it is', () => {
    expect(accepts()).toBe('Post');
    expect(accepts({ signature: signMessage({ body, key: keys.other.secret, kid: 'other', at }) })).toBe('Courier');
    expect(accepts({ signature: signMessage({ body, key: keys.old.secret, kid: 'old', at }) })).toBe('Post');
  });

  it('is good for five minutes, both ways', () => {
    expect(accepts({ now: after(300) })).toBe('Post');
    expect(accepts({ now: after(301) })).toBeUndefined();
    expect(accepts({ now: after(-300) })).toBe('Post');
    expect(accepts({ now: after(-301) })).toBeUndefined();
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['one of another form', `v1=${'0'.repeat(64)}`],
    ['one with something behind it', `${signature},v2=00`],
    ['a shortened one', signature.slice(0, -2)],
    ['one of an unknown key', signature.replace('kid=new', 'kid=none')],
    ['one of a key that every object has', signature.replace('kid=new', 'kid=toString')],
    ['one of another key', signature.replace('kid=new', 'kid=old')],
    ['one with another time', signature.replace('t=1772366400', 't=1772366401')],
  ])('is bad: %s', (_what, bad) => {
    expect(accepts({ signature: bad })).toBeUndefined();
  });

  it('is bad when a byte of the body differs, be it white space', () => {
    expect(accepts({ body: Buffer.from(`${body} `) })).toBeUndefined();
    expect(accepts({ body: Buffer.from(body.replace('delivered', 'returned')) })).toBeUndefined();
  });
});
