import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { bulkhead } from 'cockatiel';
import { normalPassword } from './domain/password-rules.js';

/**
 * Hashing takes a core and 19 MiB for some 30 ms, on the four threads that checks of tokens and look-ups of names share: those
 * keep two of them, and the others' requests a core. Whoever would wait longer than about a second is turned away at once, by a
 * BulkheadRejectedError.
 */
const hashing = bulkhead(Math.max(1, Math.min(2, availableParallelism() - 1)), 30);

/** The package's own settings: argon2id, 19 MiB, two passes, as OWASP's password storage guide has it. */
export function hashPassword(password: string): Promise<string> {
  return hashing.execute(() => hash(normalPassword(password)));
}

/** Of nobody's password, with the same settings. */
let nobodysHash: Promise<string> | undefined;

/**
 * Whether the password is the one. Without a hash it does the same work for nothing, so that the time of the answer
 * doesn't tell which addresses have an account. One that isn't written in its normal form is tried as it is written too: it
 * may have been stored so, before there was one form.
 */
export async function passwordMatches(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  nobodysHash ??= hash('nobody has this password');
  const compared = passwordHash ?? (await nobodysHash);
  const matches = (written: string) => hashing.execute(() => verify(compared, written));
  const normal = normalPassword(password);
  return (
    ((await matches(normal)) || (normal !== password && (await matches(password)))) && typeof passwordHash === 'string'
  );
}
