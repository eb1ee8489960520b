import type { Expected, Versioned } from '../../platform/database/versioned.js';
import { reply } from './handle.js';

/** The thing, and the version of it that a change can name: RFC 9110, section 8.8.3. */
export const versioned = <T>({ version, ...thing }: Versioned<T>) =>
  reply(200, thing, { ETag: `"${String(version)}"` });

/**
 * Which versions the caller has seen, as If-Match says: RFC 9110, section 13.1.1. What is none of ours matches nothing, and so do
 * weak ones.
 */
export function expectedOf({ 'If-Match': header }: { 'If-Match'?: string | undefined }): Expected {
  const given = header?.trim();
  if (given === undefined) return undefined;
  if (given === '*') return 'existing';
  return given.split(',').flatMap((tag) => {
    const version = /^\s*"(\d{1,18})"\s*$/.exec(tag)?.[1];
    return version === undefined ? [] : [BigInt(version)];
  });
}
