import { Router } from 'express';
import { SIGNING_ALGORITHM } from '../../../services/user/signing-keys.js';
import type { SigningKeys } from '../../../services/user/signing-keys.js';

/** GET /.well-known/jwks.json and /.well-known/openid-configuration: how anyone checks our tokens. */
export function showKeysRoute({ keys, issuer }: { keys: SigningKeys; issuer: string }): Router {
  const router = Router();
  const base = issuer.replace(/\/+$/, '');
  router.get('/.well-known/jwks.json', (_req, res) => {
    res
      .set('Cache-Control', 'public, max-age=300')
      .type('application/jwk-set+json')
      .send(JSON.stringify(keys.publicKeys));
  });
  router.get('/.well-known/openid-configuration', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=300').json({
      issuer,
      jwks_uri: `${base}/.well-known/jwks.json`,
      token_endpoint: `${base}/oauth/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [SIGNING_ALGORITHM],
    });
  });
  return router;
}
