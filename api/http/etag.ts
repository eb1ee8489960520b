import type { Request, Response } from 'express';
import type { Expected, Versioned } from '../../platform/database/versioned.js';

/** Answers with the thing, and with the version of it that a change can name: RFC 9110, section 8.8.3. */
export function sendVersioned<T>(res: Response, { version, ...thing }: Versioned<T>): void {
  res.set('ETag', `"${String(version)}"`).json(thing);
}

/**
 * Which versions the caller has seen, as If-Match says: RFC 9110, section 13.1.1. What is none of ours matches nothing, and so do
 * weak ones.
 */
export function expectedOf(req: Request): Expected {
  const given = req.get('if-match')?.trim();
  if (given === undefined) return undefined;
  if (given === '*') return 'existing';
  return given.split(',').flatMap((tag) => {
    const version = /^\s*"(\d{1,18})"\s*$/.exec(tag)?.[1];
    return version === undefined ? [] : [BigInt(version)];
  });
}
