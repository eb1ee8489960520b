import { z } from 'zod';

/** A provider's name of an event or a charge: printable, so that it can stand in a log line and a row. */
export const idSchema = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** undefined: the body is no JSON. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
