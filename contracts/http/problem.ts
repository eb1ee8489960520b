import { z } from 'zod';

import { currencySchema } from '../money.js';
import { integerIdSchema, replayedHeader, textIdSchema } from './common.js';

/** RFC 9457, as every error is answered. Some codes have members beyond these. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: '`/problems/` and the code.', examples: ['/problems/not-found'] }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    traceId: z.string().meta({ description: 'The same as in logs and in Zipkin.' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong with the request, field by field.' }),
  })
  .meta({ id: 'Problem' });

export type ProblemDocument = z.infer<typeof problemSchema>;

interface ProblemKind {
  status: number;
  text: string;
  /** Members of this code alone. */
  members?: z.ZodRawShape;
  /** Header fields of this code alone. */
  headers?: z.ZodRawShape;
  /** Retry-After is sent. */
  retry?: true;
}

/** Every code that an error answer can have. */
export const PROBLEMS = {
  'bad-request': { status: 400, text: 'The request is not as it should be; `errors` names each field and why.' },
  unauthorized: { status: 401, text: 'No valid access token, password, refresh token or signature.' },
  forbidden: { status: 403, text: 'The caller lacks the role that this needs.' },
  'not-found': { status: 404, text: 'There is no such thing, or it is somebody else’s.' },
  'method-not-allowed': { status: 405, text: 'The path has no such method; `Allow` names those that it has.' },
  // By the parser, before anything is read of what is asked for.
  'request-timeout': { status: 408, text: 'The request did not arrive in time.' },
  'headers-too-large': { status: 431, text: 'The header fields are over 16 kB.' },
  'payload-too-large': { status: 413, text: 'The body is over 100 kB.' },
  'unsupported-media-type': {
    status: 415,
    text: 'The body’s type, charset or encoding is not one that is understood.',
  },
  'too-many-requests': { status: 429, text: 'Over a rate limit.', retry: true },
  'internal-error': { status: 500, text: 'Something went wrong on our side.' },
  'database-unavailable': { status: 503, text: 'The service’s database is down or too busy.', retry: true },
  'signing-keys-unavailable': { status: 503, text: 'Access tokens can not be checked right now.', retry: true },
  // Of users of an outside provider.
  'email-not-verified': {
    status: 403,
    text: 'The token has no `email` that its provider vouches for by `email_verified`.',
  },
  'email-of-another-user': {
    status: 403,
    text: 'Another user has your e-mail address, and only an operator can say that it is you.',
  },
  'user-disabled': { status: 403, text: 'This user is disabled.' },
  'wrong-password': { status: 403, text: 'The current password is missing or wrong.' },
  // Of the gateway.
  'service-unavailable': { status: 503, text: 'No instance of the service can be reached.', retry: true },
  'service-timeout': { status: 504, text: 'The service did not answer in time.' },
  'answer-lost': {
    status: 502,
    text: 'The service broke off before it answered; what was asked for may have been done.',
  },
  // Of users. The last three are RFC 6749's, section 5.2.
  'email-taken': { status: 409, text: 'Another user has this e-mail address.' },
  'invalid-request': { status: 400, text: 'Not as RFC 6749 asks.', members: { error: z.literal('invalid_request') } },
  'invalid-client': { status: 401, text: 'Id or secret is wrong.', members: { error: z.literal('invalid_client') } },
  'unsupported-grant-type': {
    status: 400,
    text: 'The only grant type is `client_credentials`.',
    members: { error: z.literal('unsupported_grant_type') },
  },
  // Of orders.
  'insufficient-stock': {
    status: 409,
    text: 'Not enough stock of a line: the order is there, cancelled, and holds nothing.',
    members: { orderId: textIdSchema, productId: integerIdSchema, requested: z.int(), available: z.int() },
    headers: replayedHeader,
  },
  'unknown-product': {
    status: 422,
    text: 'There is no such product, or it is not active.',
    members: { productId: integerIdSchema },
  },
  'unknown-user': { status: 422, text: 'There is no such user, or it is disabled.' },
  'mixed-currencies': {
    status: 422,
    text: 'The products have prices in several currencies.',
    members: { currencies: z.array(currencySchema) },
  },
  'idempotency-key-reuse': { status: 422, text: 'The Idempotency-Key was used with another body.' },
  'pricing-unavailable': { status: 503, text: 'The product service is down; nothing was ordered.', retry: true },
  'user-unavailable': {
    status: 503,
    text: 'The user service is down, and nothing else tells what is needed of the user.',
    retry: true,
  },
  'not-cancellable': { status: 409, text: 'The carrier has the order, or it was delivered.' },
  'attention-not-needed': { status: 409, text: 'The order waits for no operator.' },
  'already-being-undone': { status: 409, text: 'What waits is a part of the undo: it can be retried or settled.' },
  'workflow-ended': {
    status: 409,
    text: 'The order’s workflow has ended: nothing of it waits any more, and nobody hears what is asked.',
  },
  'cancel-unavailable': {
    status: 503,
    text: 'The Saga can not be reached, or can not take a step; nothing was cancelled.',
    retry: true,
  },
  // Of deliveries.
  'delivery-not-started': { status: 503, text: 'The booking is not written down yet: send it again.', retry: true },
  'saga-unavailable': {
    status: 503,
    text: 'Whether the Saga has heard of it is not known, or it can hear of nothing now: `detail` says which.',
    retry: true,
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

export const problemKindOf = (code: ProblemCode): ProblemKind => PROBLEMS[code];
