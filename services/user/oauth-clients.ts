import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ROLES } from '../../contracts/http/users.js';

/** Another service, or another system, that gets tokens of its own. */
export const oauthClientSchema = z.strictObject({
  // Not a number: a token's subject that is one is a user's id.
  clientId: z.string().regex(/^(?!\d+$)[\w.-]{1,100}$/, 'must be letters, digits, ".", "_" or "-", and not a number'),
  /** SHA-256 of the secret, hex. */
  secretHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
  roles: z.array(z.enum(ROLES)).min(1),
});
export type OAuthClient = z.infer<typeof oauthClientSchema>;

/** The client whose id and secret these are. */
export function findOAuthClient(clients: OAuthClient[], clientId: string, secret: string): OAuthClient | undefined {
  const given = createHash('sha256').update(secret).digest();
  return clients.find(
    (client) => client.clientId === clientId && timingSafeEqual(given, Buffer.from(client.secretHash, 'hex')),
  );
}
