import { createHmac, timingSafeEqual } from 'node:crypto';

/** How old a signed message may be, and how far ahead its sender's clock. */
const TOLERANCE_SECONDS = 5 * 60;

/**
 * The signature of a message: `t=<unix seconds>,kid=<key id>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, as Stripe's are made, with the
 * key's id. `body` is the exact text that is sent; `at` the time of sending.
 */
export function signMessage({ body, key, kid, at }: { body: string; key: string; kid: string; at: Date }): string {
  const t = String(Math.floor(at.getTime() / 1000));
  return `t=${t},kid=${kid},v1=${digest(key, t, body).toString('hex')}`;
}

export interface SignedMessage<Key extends { secret: string }> {
  /** The header as it came. */
  signature: string | undefined;
  /** The bytes as they came. */
  body: Buffer;
  /** By key id: several, so that one can be changed without losing a message. */
  keys: Readonly<Record<string, Key>>;
  now: Date;
}

/** The key that has signed exactly this body within the last five minutes; undefined: none of ours. */
export function signingKey<Key extends { secret: string }>(message: SignedMessage<Key>): Key | undefined {
  const { signature, body, keys, now } = message;
  const [, t, kid, v1] = /^t=(\d{1,12}),kid=([^,]{1,100}),v1=([0-9a-f]{64})$/.exec(signature ?? '') ?? [];
  if (t === undefined || kid === undefined || v1 === undefined) return undefined;
  const key = Object.hasOwn(keys, kid) ? keys[kid] : undefined;
  if (key === undefined) return undefined;
  // The digest first: how old it claims to be means nothing before we know who says so.
  const genuine = timingSafeEqual(digest(key.secret, t, body), Buffer.from(v1, 'hex'));
  const isFresh = Math.abs(now.getTime() / 1000 - Number(t)) <= TOLERANCE_SECONDS;
  return genuine && isFresh ? key : undefined;
}

function digest(key: string, t: string, body: string | Buffer): Buffer {
  return createHmac('sha256', key).update(`${t}.`).update(body).digest();
}
