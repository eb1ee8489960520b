import { sessionOperations } from '../../../contracts/http/sessions.js';
import { SIGNING_ALGORITHM } from '../../../services/user/signing-keys.js';
import { handle, reply } from '../../http/handle.js';
import type { UserContext } from '../service.js';

/** Leads to the keys and the token endpoint. */
export function discover({ issuer }: UserContext) {
  const base = issuer.replace(/\/+$/, '');
  const document = {
    issuer,
    jwks_uri: `${base}/.well-known/jwks.json`,
    token_endpoint: `${base}/oauth/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [SIGNING_ALGORITHM],
  };
  return handle(sessionOperations.discover, () => reply(200, document, { 'Cache-Control': 'public, max-age=300' }));
}
