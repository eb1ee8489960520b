import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import type { JWK } from 'jose';

export const SIGNING_ALGORITHM = 'ES256';

export interface SigningKeys {
  /** Signs new tokens. */
  current: { kid: string; privateKey: KeyObject };
  /** What all of them verify with: tokens of a key that was replaced stay valid until they expire. */
  publicKeys: { keys: PublicKey[] };
}

const pem = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;

/**
 * Reads PKCS8 PEM keys on the curve P-256, one or several after another, newest first; line breaks may be written as
 * \n, since not every place that holds a setting can hold a line break. Throws an Error that says what is wrong.
 */
export function readPrivateKeys(text: string): [KeyObject, ...KeyObject[]] {
  const [first, ...rest] = (text.replaceAll('\\n', '\n').match(pem) ?? []).map(readPrivateKey);
  if (first === undefined) throw new Error('must be a private key in PKCS8 PEM');
  return [first, ...rest];
}

function readPrivateKey(block: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(block);
  } catch {
    throw new Error('must be a private key in PKCS8 PEM');
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('must be a key on the curve P-256, for ES256');
  return key;
}

/** The key id is the key's thumbprint (RFC 7638): the same in every process that was given the key. */
export async function createSigningKeys([newest, ...older]: [KeyObject, ...KeyObject[]]): Promise<SigningKeys> {
  const current = await publicJwkOf(newest);
  return {
    current: { kid: current.kid, privateKey: newest },
    publicKeys: { keys: [current, ...(await Promise.all(older.map(publicJwkOf)))] },
  };
}

type PublicKey = JWK & { kty: string; kid: string; alg: string };

async function publicJwkOf(privateKey: KeyObject): Promise<PublicKey> {
  const jwk = await exportJWK(createPublicKey(privateKey));
  return { ...jwk, kty: 'EC', kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: SIGNING_ALGORITHM };
}
