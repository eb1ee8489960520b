import { userSchema } from '../contracts/http/users.js';
import type { User } from '../contracts/http/users.js';
import { createServiceClient } from './http-client.js';

export interface CallerClient {
  /** The user who holds an access token. Throws ServiceAnswered (401, 403) and ServiceUnavailable. */
  whoIs(token: string): Promise<User>;
}

/** Asks the user service with the caller's own token, and with nothing else: it is its own proof. */
export function createCallerClient({ urls, timeoutMs = 2000 }: { urls: string[]; timeoutMs?: number }): CallerClient {
  const client = createServiceClient({ name: 'user-service', urls, timeoutMs });
  return {
    whoIs: (token) =>
      client.send({ method: 'GET', path: '/users/me', headers: { authorization: `Bearer ${token}` } }, userSchema),
  };
}
