import { invalidClient, invalidRequest } from './oauth-problems.js';

export interface ClientCredentials {
  clientId: string;
  secret: string;
}

/** Reads them from the Authorization header or the body, never both: RFC 6749, section 2.3.1. */
export function readClientCredentials(
  authorization: string | undefined,
  body: { client_id?: string | undefined; client_secret?: string | undefined },
): ClientCredentials | undefined {
  const { client_id: clientId, client_secret: secret } = body;
  if (authorization === undefined)
    return clientId === undefined || secret === undefined ? undefined : { clientId, secret };
  if (secret !== undefined)
    throw invalidRequest('Give the secret in the Authorization header or in the body, not in both.');
  const basic = fromBasic(authorization);
  if (clientId !== undefined && clientId !== basic.clientId)
    throw invalidRequest('`client_id` is not the one of the Authorization header.');
  return basic;
}

function fromBasic(authorization: string): ClientCredentials {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  const [, clientId, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (clientId === undefined || secret === undefined) throw invalidClient();
  return { clientId: formDecode(clientId), secret: formDecode(secret) };
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidClient();
  }
}
