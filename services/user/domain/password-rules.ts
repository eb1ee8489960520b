import { COMMON_PASSWORDS } from './common-passwords.js';

/**
 * The one form in which passwords are hashed and compared, so that it doesn't matter how a keyboard writes é or a full-width A:
 * NIST SP 800-63B, section 3.1.1.2, as RFC 8265 has it for accents and blanks.
 */
export const normalPassword = (password: string): string => password.normalize('NFKC');

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
