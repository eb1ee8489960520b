import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type http from 'node:http';
import { Provider } from 'oidc-provider';
import { listen } from '../../platform/listen.js';

/** What the provider says of a person. */
export interface Person {
  email?: string;
  email_verified?: boolean | string;
  name?: string;
  /** Whatever else it puts into tokens. */
  [claim: string]: unknown;
}

export interface OidcProvider {
  issuer: string;
  /** By subject; a person may be added or changed at any time. */
  people: Map<string, Person>;
  /** An access token that the person got by logging in: the authorization code flow, with PKCE. */
  logIn(subject: string, audience?: string): Promise<string>;
  /** Nobody listens any more. */
  close(): Promise<void>;
}

const REDIRECT_URI = 'http://127.0.0.1/callback';
const CLIENT = { client_id: 'a-web-shop', client_secret: 'its secret' };

/** A real OpenID Connect provider, whose people need no password. `port`: one that it had before. Close it in afterAll. */
export async function startOidcProvider({ audience = 'holdfast', port = 0 } = {}): Promise<OidcProvider> {
  const people = new Map<string, Person>();
  // The issuer holds the port, so the server is there first.
  let answer: http.RequestListener = () => undefined;
  const server = await listen((req, res) => answer(req, res), { host: '127.0.0.1', port });
  const issuer = server.url;
  const provider: Provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [REDIRECT_URI], grant_types: ['authorization_code'] }],
    jwks: {
      keys: [
        { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), use: 'sig' },
      ],
    },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    scopes: ['openid', 'email', 'profile'],
    findAccount: (_context, subject) => ({ accountId: subject, claims: () => ({ sub: subject }) }),
    extraTokenClaims: (_context, token) => ('accountId' in token ? people.get(token.accountId) : undefined),
    // Seconds, where it has an opinion on the defaults.
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    // Nobody is asked whether the shop may see their e-mail address.
    loadExistingGrant: async ({ oidc }): Promise<InstanceType<Provider['Grant']>> => {
      const grant = new provider.Grant({ clientId: CLIENT.client_id, accountId: oidc.session?.accountId });
      grant.addOIDCScope('openid');
      for (const resource of [oidc.params?.['resource']].flat()) grant.addResourceScope(String(resource), 'openid');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'openid',
          audience: new URL(resource).pathname.slice(1),
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  const callback = provider.callback();
  answer = (req, res) => {
    if (req.url?.startsWith('/interaction/') === true) void finishLogIn(provider, req, res);
    else void callback(req, res);
  };
  return {
    issuer,
    people,
    logIn: (subject, of = audience) => logIn(issuer, subject, `https://resources.test/${of}`),
    close: () => server.close(),
  };
}

async function finishLogIn(provider: Provider, req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(req, res);
  await provider.interactionFinished(req, res, { login: { accountId: String(params['login_hint']) } });
}

async function logIn(issuer: string, subject: string, resource: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const start = new URL('/auth', issuer);
  start.search = new URLSearchParams({
    client_id: CLIENT.client_id,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid',
    login_hint: subject,
    resource,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const response = await fetch(new URL('/token', issuer), {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${CLIENT.client_id}:${encodeURIComponent(CLIENT.client_secret)}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: await codeFrom(start),
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
      resource,
    }),
  });
  const body = (await response.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

/** Follows the redirects of a log-in as a browser does, up to the one that leads back to the shop. */
async function codeFrom(start: URL): Promise<string> {
  const cookies = new Map<string, string>();
  let at = start;
  for (let hops = 0; hops < 10; hops++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`no way on from ${at.href}: ${await response.text()}`);
    at = new URL(location, at);
    const code = at.href.startsWith(REDIRECT_URI) ? at.searchParams.get('code') : null;
    if (code !== null) return code;
    if (at.searchParams.has('error')) throw new Error(at.search);
  }
  throw new Error('too many redirects');
}
