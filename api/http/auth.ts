import type { RequestHandler } from 'express';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JWTPayload, RemoteJWKSet } from 'jose';
import { z } from 'zod';
import { urlList } from '../../platform/env.js';
import type { Principal } from './principal.js';
import { serviceUnavailable, unauthorized } from './problem.js';

export interface AuthSettings {
  issuer: string;
  audience: string;
  /** Instances of the one who signs; asked in turn until one answers. */
  jwksUrls: string[];
}

export interface Authenticator {
  /** Sets req.principal; 401 without a valid token. */
  required: RequestHandler;
  /** The same for public routes: no token is fine, a bad one is not. */
  optional: RequestHandler;
  /** The principal of a token, or a 401 Problem. */
  verify: (token: string) => Promise<Principal>;
  /** A readiness check: rejects until the signing keys were read once. */
  check: () => Promise<void>;
}

/** What a process needs in its environment to check tokens. */
export const authSettings = {
  JWT_ISSUER: z.url().describe("the gateway's address as callers know it: there they find `/.well-known`"),
  JWT_AUDIENCE: z.string().describe('whom access tokens are for'),
  USER_SERVICE_URL: urlList.describe('where the user service is: users, tokens and the keys to check them with'),
};

export function authSettingsFrom(env: {
  JWT_ISSUER: string;
  JWT_AUDIENCE: string;
  USER_SERVICE_URL: string[];
}): AuthSettings {
  return {
    issuer: env.JWT_ISSUER,
    audience: env.JWT_AUDIENCE,
    jwksUrls: env.USER_SERVICE_URL.map((url) => `${url}/.well-known/jwks.json`),
  };
}

const claimsSchema = z.object({
  sub: z.string().min(1),
  roles: z.array(z.string()),
  name: z.string().optional(),
  email: z.string().optional(),
});

/**
 * Checks access tokens. Keys once read are kept for as long as the process lives, so that orders go on while the user
 * service is down; a token with a key id that is not among them makes it ask again, at most every 5 s.
 */
export function createAuthenticator({ issuer, audience, jwksUrls }: AuthSettings): Authenticator {
  const keySets = jwksUrls.map((url) =>
    createRemoteJWKSet(new URL(url), { cacheMaxAge: Infinity, cooldownDuration: 5000, timeoutDuration: 2000 }),
  );

  const verify = async (token: string): Promise<Principal> => {
    const payload = await firstAnswer(
      keySets,
      async (keys) =>
        (
          await jwtVerify(token, keys, {
            issuer,
            audience,
            algorithms: ['ES256', 'EdDSA', 'RS256'],
            requiredClaims: ['exp', 'sub'],
          })
        ).payload,
    );
    return toPrincipal(payload);
  };
  const required: RequestHandler = async (req, _res, next) => {
    const token = bearerToken(req.headers.authorization);
    if (token === undefined) throw unauthorized();
    req.principal = await verify(token);
    next();
  };
  return {
    verify,
    required,
    optional: (req, res, next) => (req.headers.authorization === undefined ? next() : required(req, res, next)),
    check: async () => {
      if (keySets.some((keys) => keys.jwks() !== undefined)) return;
      await Promise.any(keySets.map((keys) => keys.reload())).catch(() => {
        throw new Error('the signing keys of the user service were not read yet');
      });
    },
  };
}

async function firstAnswer(
  keySets: RemoteJWKSet[],
  verify: (keys: RemoteJWKSet) => Promise<JWTPayload>,
): Promise<JWTPayload> {
  // One that has keys first: it needs no call.
  const ordered = [...keySets].sort((a, b) => Number(b.jwks() !== undefined) - Number(a.jwks() !== undefined));
  for (const keys of ordered) {
    try {
      return await verify(keys);
    } catch (error) {
      if (isAboutToken(error)) throw invalidToken();
    }
  }
  // Nobody answered. With keys at hand the token's key is one that nobody here ever published.
  if (keySets.some((keys) => keys.jwks() !== undefined)) throw invalidToken();
  throw serviceUnavailable('signing-keys-unavailable', 'Access tokens can not be checked right now.');
}

function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC'
  );
}

function invalidToken() {
  return unauthorized('The access token is not valid or has expired.', {
    'WWW-Authenticate': 'Bearer error="invalid_token"',
  });
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header ?? '')?.[1];
}

function toPrincipal(payload: JWTPayload): Principal {
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) throw invalidToken();
  const { sub, roles, name, email } = claims.data;
  // By the subject, not by a role: a client may have others, and no client's id is a number.
  if (!/^\d+$/.test(sub)) return { kind: 'service', clientId: sub, roles };
  const userId = Number(sub);
  if (!Number.isSafeInteger(userId) || userId < 1) throw invalidToken();
  return {
    kind: 'user',
    userId,
    roles,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}
