import type { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { accessRuleOf } from '../../../contracts/http/operation.js';
import type { Operation } from '../../../contracts/http/operation.js';

type Requirement = Record<string, string[]>;

export function registerSecuritySchemes(registry: OpenAPIRegistry): void {
  registry.registerComponent('securitySchemes', 'accessToken', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A user’s, from `POST /sessions`.',
  });
  registry.registerComponent('securitySchemes', 'clientToken', {
    type: 'oauth2',
    description: 'A service’s or another system’s, from `POST /oauth/token`.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
  });
  registry.registerComponent('securitySchemes', 'clientSecret', {
    type: 'http',
    scheme: 'basic',
    description: 'A registered client’s id and secret; they may also be in the body.',
  });
  registry.registerComponent('securitySchemes', 'carrierSignature', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Carrier-Signature',
    description:
      '`t=<unix seconds>,kid=<key id>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, at most 5 minutes old, by a key that the carrier was given.',
  });
}

/** Any one of these is enough. */
export function securityOf(operation: Operation): Requirement[] {
  if (operation.access === 'carrier') return [{ carrierSignature: [] }];
  if (operation.access === 'client') return [{ clientSecret: [] }, {}];
  const { token, roles } = accessRuleOf(operation);
  const forServices = roles?.includes('service') === true ? [{ clientToken: [] }] : [];
  switch (token) {
    case 'unread':
      return [];
    case 'optional':
      return [{}, { accessToken: [] }];
    case 'required':
      return [{ accessToken: [] }, ...forServices];
  }
}
