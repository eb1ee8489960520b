import { createRemoteJWKSet } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

/** How often the keys are read anew, so that one that was withdrawn stops being believed. */
const renewAfterMs = 10 * 60_000;

export interface KeptKeys {
  find: JWTVerifyGetKey;
  /** undefined: they were never read. */
  read(): JSONWebKeySet | undefined;
  load(): Promise<void>;
}

/**
 * The public keys at an address. Once read they are kept for as long as nobody answers there, so that work goes on;
 * a key id that is not among them makes it ask again, at most every 5 s.
 */
export function keptKeys(url: URL, now: () => number = Date.now): KeptKeys {
  const keys = createRemoteJWKSet(url, { cacheMaxAge: Infinity, cooldownDuration: 5000, timeoutDuration: 2000 });
  let renewed = now();
  return {
    find: (header, token) => {
      if (keys.jwks() !== undefined && now() - renewed > renewAfterMs) {
        renewed = now();
        // In the background: whoever is here is checked with what there is.
        keys.reload().catch(() => undefined);
      }
      return keys(header, token);
    },
    read: () => keys.jwks(),
    load: () => keys.reload(),
  };
}
