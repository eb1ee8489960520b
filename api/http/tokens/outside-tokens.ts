import { decodeJwt, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Logger } from '../../../platform/logger.js';
import {
  keptKeys,
  type KeptKeys,
  ON_A_NEW_CONNECTION,
  fetchOk,
  sayWhatCame,
  invalidToken,
  isAboutToken,
  keysUnavailable,
} from './kept-keys.js';

/** What a token of an outside OpenID Connect provider says about its holder. */
export interface OutsideClaims {
  issuer: string;
  /** Unique and never given to another one, at this issuer. */
  subject: string;
  email?: string | undefined;
  emailVerified: boolean;
  name?: string | undefined;
}

export interface OutsideTokens {
  /** By what the token says of itself: who signed it is for `verify` to find out. */
  claimsToBeOne(token: string): boolean;
  /** The claims of a token that the provider signed for us; else a 401 Problem, and 503 while its keys can't be had. */
  verify(token: string): Promise<OutsideClaims>;
}

/** Signed with a key that only the provider has: never a secret that it shares with someone. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Seconds that the provider's clock and ours may differ. */
const CLOCK_TOLERANCE_S = 30;

const claimsSchema = z.object({
  // OpenID Connect Core, section 2: at most 255 ASCII characters.
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
  email: z.string().optional().catch(undefined),
  // Some providers write it as a text.
  email_verified: z
    .union([z.literal(true), z.literal('true').transform(() => true)])
    .optional()
    .catch(undefined),
  name: z.string().optional().catch(undefined),
  preferred_username: z.string().optional().catch(undefined),
});

/** `issuer` exactly as the provider's tokens have it. */
export function createOutsideTokens({
  issuer,
  audience,
  logger,
}: {
  issuer: string;
  audience: string;
  logger?: Logger | undefined;
}): OutsideTokens {
  const rules = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_S,
  };
  const keysOf = discoverOnce(issuer, logger);
  return {
    claimsToBeOne: (token) => {
      try {
        return decodeJwt(token).iss === issuer;
      } catch {
        return false;
      }
    },
    verify: async (token) => {
      const keys = await keysOf();
      const payload = await jwtVerify(token, keys.find, rules).then(
        (verified) => verified.payload,
        (error: unknown) => {
          throw isAboutToken(error) ? invalidToken() : keysUnavailable(error);
        },
      );
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) throw invalidToken();
      const { sub, email, email_verified, name, preferred_username } = claims.data;
      return { issuer, subject: sub, email, emailVerified: email_verified === true, name: name ?? preferred_username };
    },
  };
}

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** After a failure nobody waits for the provider again for this long. */
const restMs = 5000;

/** OpenID Connect Discovery, section 4. */
function discoverOnce(issuer: string, logger: Logger | undefined): () => Promise<KeptKeys> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  let found: Promise<KeptKeys> | undefined;
  let notBefore = 0;
  const read = sayWhatCame(address, logger);
  const discover = async (): Promise<KeptKeys> => {
    const response = await fetchOk(address, { signal: AbortSignal.timeout(2000), headers: ON_A_NEW_CONNECTION });
    const document = discoverySchema.parse(await response.json());
    // Section 4.3: or one provider could speak for another.
    if (document.issuer !== issuer) throw new Error(`it is of the issuer ${document.issuer}`);
    return keptKeys(new URL(document.jwks_uri), logger);
  };
  return async () => {
    if (Date.now() < notBefore) throw keysUnavailable();
    found ??= read(discover());
    try {
      return await found;
    } catch (error) {
      found = undefined;
      notBefore = Date.now() + restMs;
      throw keysUnavailable(error);
    }
  };
}
