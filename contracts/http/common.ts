import { z } from 'zod';

/** Ids of users and products: positive integers that a 32-bit column holds. */
export const integerIdSchema = z.int().min(1).max(2_147_483_647);

/** The same from a path or a query, where everything is text. */
export const integerIdParamSchema = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'must be a positive integer')
  .transform(Number)
  .pipe(integerIdSchema)
  .meta({ type: 'integer', minimum: 1, maximum: 2_147_483_647, examples: [1] });

export const integerIdParamsSchema = z.object({ id: integerIdParamSchema });

/**
 * What people write on one line: it stands in mails, logs and terminals, where a line break would begin a stranger's paragraph and
 * a control or bidirectional character would show something else than is there.
 */
const ONE_LINE = /^[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/;

/** At most that many characters, perhaps none. */
export const oneLineSchema = (most: number) =>
  z.string().max(most).regex(ONE_LINE, 'must be one line without control characters');

/** The same, trimmed, and not empty. */
export const lineSchema = (most: number) => oneLineSchema(most).trim().min(1);

/** Any text that a database can keep: without U+0000. */
export const textSchema = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\u0000]*$/, 'must not contain NUL or unpaired surrogates');

/** All other ids. */
export const textIdSchema = z.string().min(1).max(100);

export const textIdParamsSchema = z.object({ id: textSchema(100).min(1) });

/** Of an answer to an order that was placed before with the same Idempotency-Key. */
export const replayedHeader = {
  'Idempotency-Replayed': z.literal('true').optional().meta({ description: 'This answers a repeat.' }),
};

/** Of answers that show what can be changed. */
export const versionHeader = z.object({
  ETag: z.string().meta({ description: 'Which version this is, for `If-Match`.', examples: ['"3"'] }),
});

/** The other good answer to who asks for it. */
export const notModified = { 304: { description: 'With `If-None-Match`: it is the version that is named.' } };

/** Of what changes it. */
export const ifMatchSchema = z.object({
  'If-Match': z
    .string()
    .optional()
    .meta({
      description:
        'The `ETag` that the change follows: where somebody else was faster, it is 412. `*`: whatever is there.',
      examples: ['"3"'],
    }),
});

/** RFC 3339 UTC. */
export const timeSchema = z.iso.datetime();

export const pageQuerySchema = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a number from 1 to 100')
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .meta({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
    .default(20),
  cursor: textSchema(500).min(1).optional().meta({ description: '`nextCursor` of the page before.' }),
});

/** A page of a list, newest first. `nextCursor` is null on the last. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page.' }),
  });
