export interface PublicRoute {
  /** `get` stands for HEAD too. */
  method: 'get' | 'post' | 'delete';
  path: string;
  /** `optional`: a token that is sent must be valid. `unread`: what is in Authorization is for the service alone. */
  token: 'optional' | 'unread';
}

/** What may be called without an access token; everything else needs one. */
export const PUBLIC_ROUTES: PublicRoute[] = [
  { method: 'post', path: '/users', token: 'optional' },
  // A caller whose access token has run out must still be able to get a new one, or to log out.
  { method: 'post', path: '/sessions', token: 'unread' },
  { method: 'post', path: '/sessions/refresh', token: 'unread' },
  { method: 'delete', path: '/sessions', token: 'unread' },
  // A client's own id and secret, as HTTP Basic.
  { method: 'post', path: '/oauth/token', token: 'unread' },
  { method: 'get', path: '/.well-known/jwks.json', token: 'unread' },
  { method: 'get', path: '/.well-known/openid-configuration', token: 'unread' },
  { method: 'get', path: '/products', token: 'optional' },
  { method: 'get', path: '/products/:id', token: 'optional' },
  { method: 'get', path: '/categories', token: 'optional' },
  { method: 'get', path: '/inventory/:productId', token: 'optional' },
  // The carrier signs instead.
  { method: 'post', path: '/deliveries/:id/events', token: 'optional' },
];
