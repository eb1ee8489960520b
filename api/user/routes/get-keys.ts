import type { Router } from 'express';
import { sessionOperations } from '../../../contracts/http/operations/sessions.js';
import type { SigningKeys } from '../../../services/user/signing-keys.js';
import type { Authenticator } from '../../http/auth.js';
import { route } from '../../http/route.js';

/** What anyone checks our tokens with. */
export function getKeys({ keys, auth }: { keys: SigningKeys; auth: Authenticator }): Router {
  return route(sessionOperations.getKeys, { auth }, (_req, res) => {
    res
      .set('Cache-Control', 'public, max-age=300')
      .type('application/jwk-set+json')
      .send(JSON.stringify(keys.publicKeys));
  });
}
