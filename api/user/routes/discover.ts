import type { Router } from 'express';
import type { z } from 'zod';
import { sessionOperations } from '../../../contracts/http/operations/sessions.js';
import type { discoverySchema } from '../../../contracts/http/sessions.js';
import { SIGNING_ALGORITHM } from '../../../services/user/signing-keys.js';
import type { Authenticator } from '../../http/auth.js';
import { route } from '../../http/route.js';

/** Leads to the keys and the token endpoint. */
export function discover({ issuer, auth }: { issuer: string; auth: Authenticator }): Router {
  const base = issuer.replace(/\/+$/, '');
  const document: z.infer<typeof discoverySchema> = {
    issuer,
    jwks_uri: `${base}/.well-known/jwks.json`,
    token_endpoint: `${base}/oauth/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [SIGNING_ALGORITHM],
  };
  return route(sessionOperations.discover, { auth }, (_req, res) => {
    res.set('Cache-Control', 'public, max-age=300').json(document);
  });
}
