import { createRemoteJWKSet, customFetch } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import type { Logger } from '../../../platform/logger.js';
import { ON_A_NEW_CONNECTION, fetchOk, sayWhatCame } from './say-what-came.js';

/** How often the keys are read anew, so that one that was withdrawn stops being believed. */
const renewAfterMs = 10 * 60_000;

export interface KeptKeys {
  find: JWTVerifyGetKey;
  /** undefined: they were never read. */
  read(): JSONWebKeySet | undefined;
  /** Rejects with the address, and with what came from there instead of keys. */
  load(): Promise<void>;
}

/**
 * The public keys at an address. Once read they are kept for as long as nobody answers there, so that work goes on;
 * a key id that is not among them makes it ask again, at most every 5 s. The logger is told why they can't be read.
 */
export function keptKeys(url: URL, logger?: Logger): KeptKeys {
  const keys = createRemoteJWKSet(url, {
    cacheMaxAge: Infinity,
    cooldownDuration: 5000,
    timeoutDuration: 2000,
    headers: ON_A_NEW_CONNECTION,
    [customFetch]: fetchOk,
  });
  const read = sayWhatCame(url.href, logger);
  let renewed = Date.now();
  return {
    find: (header, token) => {
      if (keys.jwks() !== undefined && Date.now() - renewed > renewAfterMs) {
        renewed = Date.now();
        // In the background: whoever is here is checked with what there is.
        read(keys.reload()).catch(() => undefined);
      }
      return read(keys(header, token));
    },
    read: () => keys.jwks(),
    load: () => read(keys.reload()),
  };
}
