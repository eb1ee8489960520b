import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { createCallerClient } from '../../clients/user-client.js';
import { urlList } from '../../platform/env.js';
import type { Logger } from '../../platform/logger.js';
import { createOutsideUsers } from './outside-users.js';
import type { Principal, UserPrincipal } from './access.js';
import { ProblemError, unauthorized } from './problem.js';
import { createEndedSessions } from './tokens/ended-sessions.js';
import type { EndedSessions } from './tokens/ended-sessions.js';
import { createOutsideTokens } from './tokens/outside-tokens.js';
import type { OutsideClaims } from './tokens/outside-tokens.js';
import { createOwnTokens } from './tokens/own-tokens.js';

export interface AuthSettings {
  issuer: string;
  audience: string;
  /** Instances of the one who signs; asked in turn until one answers. */
  jwksUrls: string[];
  /** Not there: nothing ends but by its time. */
  ended?: EndedSessions | undefined;
  outside?: OutsideSettings | undefined;
  /** Told when the keys of either can't be read, and why. */
  logger?: Logger | undefined;
}

/** An outside OpenID Connect provider, whose tokens are valid too. */
export interface OutsideSettings {
  issuer: string;
  audience: string;
  /** The user of ours that the holder of a valid token is, or a Problem that says why there is none. */
  userOf: (claims: OutsideClaims, token: string) => Promise<UserPrincipal>;
}

export interface Authenticator {
  /** Sets req.principal; 401 without a token, and with one that is not valid, which RFC 6750 tells apart. */
  required: RequestHandler;
  /** The same for public routes: no token is fine, a bad one is not. */
  optional: RequestHandler;
  /** The principal of a token, or a 401 Problem. */
  verify: (token: string) => Promise<Principal>;
  /** Whether the token that a request came with would still be taken: for answers that last. */
  stillValid: (req: Request, may: (principal: Principal) => boolean) => Promise<boolean>;
  /** A readiness check: rejects until our own signing keys, and which sessions have ended, were read once. */
  check: () => Promise<void>;
}

/** An outside provider is one more way in, and none unless it is named. */
export const outsideSettings = {
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'an outside OpenID Connect provider whose access tokens are valid too, exactly as `iss` stands in them; without it there is none',
    ),
  OIDC_AUDIENCE: z
    .string()
    .optional()
    .describe("whom that provider's tokens must be for; without it as our own, `JWT_AUDIENCE`"),
};

/** What a process needs in its environment to check tokens. */
export const authSettings = {
  JWT_ISSUER: z.url().describe("the gateway's address as callers know it: there they find `/.well-known`"),
  JWT_AUDIENCE: z.string().describe('whom access tokens are for'),
  USER_SERVICE_URL: urlList.describe('where the user service is: users, tokens and the keys to check them with'),
  ...outsideSettings,
};

interface AuthEnvironment {
  JWT_ISSUER: string;
  JWT_AUDIENCE: string;
  OIDC_ISSUER?: string | undefined;
  OIDC_AUDIENCE?: string | undefined;
}

export function authSettingsFrom(env: AuthEnvironment & { USER_SERVICE_URL: string[] }, logger: Logger): AuthSettings {
  const ended = createEndedSessions(env.USER_SERVICE_URL);
  const users = createOutsideUsers(createCallerClient({ urls: env.USER_SERVICE_URL }), ended);
  return {
    issuer: env.JWT_ISSUER,
    audience: env.JWT_AUDIENCE,
    jwksUrls: env.USER_SERVICE_URL.map((url) => `${url}/.well-known/jwks.json`),
    ended,
    outside: outsideSettingsFrom(env, users.userOf),
    logger,
  };
}

/** undefined: no outside provider. */
export function outsideSettingsFrom(
  env: AuthEnvironment,
  userOf: OutsideSettings['userOf'],
): OutsideSettings | undefined {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience = env.JWT_AUDIENCE } = env;
  return issuer === undefined ? undefined : { issuer, audience, userOf };
}

/** Checks access tokens: our own, and those of an outside provider where there is one. */
export function createAuthenticator({ outside, ...own }: AuthSettings): Authenticator {
  // Or it would be for the provider to say who of ours somebody is, and with which roles.
  if (outside?.issuer === own.issuer) throw new Error('OIDC_ISSUER must be another issuer than JWT_ISSUER');
  const ownTokens = createOwnTokens(own);
  const outsideTokens = outside && createOutsideTokens({ ...outside, logger: own.logger });

  const verify = async (token: string): Promise<Principal> => {
    if (outside === undefined || !outsideTokens?.claimsToBeOne(token)) return ownTokens.verify(token);
    return outside.userOf(await outsideTokens.verify(token), token);
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
    stillValid: (req, may) =>
      verify(bearerToken(req.headers.authorization) ?? '').then(
        may,
        // That it can't be known now is no reason: what it was taken for ends with the token.
        (error: unknown) => error instanceof ProblemError && error.status >= 500,
      ),
    check: () => ownTokens.check(),
  };
}

/** undefined: none was sent. */
function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(.+)$/i.exec(header ?? '')?.[1];
}
