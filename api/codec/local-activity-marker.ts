import type { Payload } from '@temporalio/common';
import { z } from 'zod';

const identifier = z.string().regex(/^[\w-]{1,100}$/);

/** Times and the like are left out: what is let through holds no words but identifiers. */
const markerSchema = z.object({
  seq: z.int(),
  attempt: z.int(),
  activity_id: identifier,
  activity_type: identifier,
});

/**
 * The SDK's own note of which local activity ran, which it never encrypts: the Web UI takes the name it shows from
 * there. undefined for anything else.
 */
export function localActivityMarker({ metadata, data }: Payload): Payload | undefined {
  if (Buffer.from(metadata?.['encoding'] ?? []).toString() !== 'json/plain') return undefined;
  try {
    const marker = markerSchema.parse(JSON.parse(Buffer.from(data ?? []).toString()));
    return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(marker)) };
  } catch {
    return undefined;
  }
}
