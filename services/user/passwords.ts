import { COMMON_PASSWORDS } from './common-passwords.js';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { bulkhead } from 'cockatiel';

/**
 * The one form in which passwords are hashed and compared, so that it doesn't matter how a keyboard writes é or a full-width A:
 * NIST SP 800-63B, section 3.1.1.2, as RFC 8265 has it for accents and blanks.
 */
const normalPassword = (password: string): string => password.normalize('NFKC');

const AT_LEAST = 8;
/** Blanks, and what is no more to be seen, such as joiners and fillers. */
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}]/gu;

/** Why a new password is none, in words for whoever chose it; undefined: it is one. It counts as it is hashed. */
export function whyRefused(password: string, email: string): string | undefined {
  const normal = normalPassword(password);
  if (Array.from(normal).length < AT_LEAST) return `must have at least ${AT_LEAST} characters`;
  if (normal.replace(UNSEEN, '') === '') return 'must not be blank';
  const chosen = normal.trim().toLowerCase();
  const own = email.toLowerCase();
  if (chosen === own || chosen === own.slice(0, own.indexOf('@'))) return 'must not be the e-mail address';
  return COMMON_PASSWORDS.has(chosen) ? 'is one of the commonest passwords' : undefined;
}

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
