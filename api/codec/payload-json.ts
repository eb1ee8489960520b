import type { Payload } from '@temporalio/common';
import { z } from 'zod';

const base64 = z.base64();

/** Protobuf's JSON form of payloads; newer command lines send fields that we don't need. */
export const payloadsSchema = z.looseObject({
  payloads: z
    .array(z.looseObject({ metadata: z.record(z.string(), base64).default({}), data: base64.default('') }))
    .default([]),
});

export type PayloadJson = z.output<typeof payloadsSchema>['payloads'][number];

export function fromJson({ metadata, data }: PayloadJson): Payload {
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    data: Buffer.from(data, 'base64'),
  };
}

export function toJson({ metadata, data }: Payload) {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}
