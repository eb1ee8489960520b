import { z } from 'zod';
import { ServiceAnsweredError, ServiceUnavailableError } from './errors.js';
import { createServiceClient } from './http-client.js';
import type { ServiceToken } from './http-client.js';
import { shareInFlight } from './user-client.js';

/** How a service names itself to others; the user service knows it from OAUTH_CLIENTS. */
export const serviceTokenSettings = {
  OAUTH_CLIENT_ID: z.string().describe('how a service names itself to others, which it does with a token'),
  OAUTH_CLIENT_SECRET: z.string().describe('the secret that it gets the token for'),
};

export interface ServiceTokenSettings {
  /** Instances of the user service. */
  urls: string[];
  clientId: string;
  clientSecret: string;
  timeoutMs?: number;
}

const answerSchema = z.object({ access_token: z.string(), expires_in: z.number() });

/** Renewed this long before it expires. */
const marginMs = 60_000;

/**
 * Gets this service's own access token (RFC 6749, client_credentials) and keeps it until shortly before it expires.
 * Callers at the same time share one request. Throws ServiceUnavailableError.
 */
export function createServiceToken({
  urls,
  clientId,
  clientSecret,
  timeoutMs = 2000,
}: ServiceTokenSettings): ServiceToken {
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  const client = createServiceClient({ name: 'user-service', urls, timeoutMs });
  let kept: { token: string; until: number } | undefined;

  const ask = shareInFlight(async (): Promise<string> => {
    const { access_token: token, expires_in: seconds } = await client
      .send(
        {
          method: 'POST',
          path: '/oauth/token',
          repeatable: true,
          form: { grant_type: 'client_credentials' },
          // A wrong answer's sender, as while addresses are being given out, would be asked again on a kept connection.
          headers: { authorization: `Basic ${basic}`, connection: 'close' },
        },
        answerSchema,
      )
      .catch((error: unknown) => {
        // Of the token, not of what the token was for.
        if (!(error instanceof ServiceAnsweredError)) throw error;
        throw new ServiceUnavailableError('user-service', `it gave ${clientId} no token (${String(error.status)})`, {
          cause: error,
        });
      });
    kept = { token, until: Date.now() + seconds * 1000 - Math.min(marginMs, (seconds * 1000) / 2) };
    return token;
  });

  return (refused) => {
    // Not whatever is kept: a caller whose call took longer must not throw away what another one has just got.
    if (kept?.token === refused) kept = undefined;
    if (kept !== undefined && kept.until > Date.now()) return Promise.resolve(kept.token);
    return ask('token');
  };
}
