import { hash, verify } from '@node-rs/argon2';

/** The package's own settings: argon2id, 19 MiB, two passes, as OWASP's password storage guide has it. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** Of nobody's password, with the same settings. */
let nobodysHash: Promise<string> | undefined;

/**
 * Whether the password is the one. Without a hash it does the same work for nothing, so that the time of the answer
 * doesn't tell which addresses have an account.
 */
export async function passwordMatches(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  if (typeof passwordHash === 'string') return verify(passwordHash, password);
  nobodysHash ??= hash('nobody has this password');
  await verify(await nobodysHash, password);
  return false;
}
