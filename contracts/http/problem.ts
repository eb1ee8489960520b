import { z } from 'zod';

import { amountSchema, currencySchema } from '../money.js';
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
  .meta({
    id: 'Problem',
    description: 'Why not, as RFC 9457 says it.',
    examples: [
      {
        type: '/problems/not-found',
        title: 'Not found',
        status: 404,
        detail: 'There is no order ord_2.',
        code: 'not-found',
        traceId: '5bd66ef5095369c7b0d1f8f4bd33716a',
      },
    ],
  });

/** What `type` of a problem leads to. */
export const problemTypeSchema = z
  .object({ code: z.string(), status: z.int(), meaning: z.string(), advice: z.string() })
  .meta({
    id: 'ProblemType',
    description: 'What a problem means, and what to do.',
    examples: [
      {
        code: 'not-cancellable',
        status: 409,
        meaning: 'The carrier has the order, or it was already delivered.',
        advice: 'Refuse the parcel, or send it back: what the carrier brings back is refunded.',
      },
    ],
  });
export type ProblemType = z.infer<typeof problemTypeSchema>;

export type ProblemDocument = z.infer<typeof problemSchema>;

interface ProblemKind {
  status: number;
  /** What it means. */
  text: string;
  /** What the caller can do. */
  advice: string;
  /** Members of this code alone. */
  members?: z.ZodRawShape;
  /** Header fields of this code alone. */
  headers?: z.ZodRawShape;
  /** Retry-After is sent. */
  retry?: true;
}

/** Every code that an error answer can have. */
export const PROBLEMS = {
  'bad-request': {
    status: 400,
    text: 'Invalid request; `errors` names each field and why.',
    advice: 'Correct the fields that `errors` names, and send it again.',
  },
  unauthorized: {
    status: 401,
    text: 'No valid access token, password, refresh token or signature.',
    advice: 'Get an access token by `POST /sessions` or `POST /oauth/token`, or a new one by `POST /sessions/refresh`.',
  },
  forbidden: {
    status: 403,
    text: 'The caller lacks the role that this needs.',
    advice: 'Send it as a user who has the role: sending it again will not help.',
  },
  'cross-site': {
    status: 403,
    text: 'A page of another site sent it: a session’s cookie is for the pages of its own address.',
    advice: 'Send it from a page of this address, or log in by `POST /sessions`.',
  },
  'not-found': {
    status: 404,
    text: 'Not found, or it belongs to another user.',
    advice: 'Check the id and whose it is.',
  },
  'method-not-allowed': {
    status: 405,
    text: 'The path has no such method; `Allow` names those that it has.',
    advice: 'Send one of the methods in `Allow`.',
  },
  // By the parser, before anything is read of what is asked for.
  'request-timeout': {
    status: 408,
    text: 'The request did not arrive in time.',
    advice: 'Send the whole request at once.',
  },
  'headers-too-large': {
    status: 431,
    text: 'The header fields are over 16 kB.',
    advice: 'Send fewer or shorter header fields.',
  },
  'precondition-failed': {
    status: 412,
    text: 'It was changed since the version that `If-Match` names.',
    advice: 'Get it again, and decide anew: its `ETag` is the one to send.',
  },
  'payload-too-large': { status: 413, text: 'The body is over 100 kB.', advice: 'Send less, in several requests.' },
  'unsupported-media-type': {
    status: 415,
    text: 'Unsupported media type, charset or content encoding of the body.',
    advice: 'Send `Content-Type: application/json`, in UTF-8 and not compressed.',
  },
  'too-many-requests': {
    status: 429,
    text: 'Rate limit exceeded.',
    advice: 'Wait as long as `Retry-After` says.',
    retry: true,
  },
  'internal-error': {
    status: 500,
    text: 'Something went wrong on our side.',
    advice: 'Send it again later. With an `Idempotency-Key`, an order is not placed twice. Tell us the `traceId`.',
  },
  'database-unavailable': {
    status: 503,
    text: 'The service’s database is down or too busy.',
    advice: 'Send it again after `Retry-After`.',
    retry: true,
  },
  'signing-keys-unavailable': {
    status: 503,
    text: 'Access tokens can not be checked right now.',
    advice: 'Send it again after `Retry-After`.',
    retry: true,
  },
  // Of users of an outside provider.
  'email-not-verified': {
    status: 403,
    text: 'The token has no verified e-mail address (`email` with `email_verified`).',
    advice: 'Let the provider verify your e-mail address, and sign in there again.',
  },
  'email-of-another-user': {
    status: 403,
    text: 'Another user has this e-mail address; only an operator can link the accounts.',
    advice: 'Ask an operator.',
  },
  'user-disabled': { status: 403, text: 'This user is disabled.', advice: 'Ask an operator.' },
  'wrong-password': {
    status: 403,
    text: 'The current password is missing or wrong.',
    advice: 'Send `currentPassword` with it.',
  },
  // Of the gateway.
  'service-unavailable': {
    status: 503,
    text: 'No instance of the service can be reached.',
    advice: 'Send it again after `Retry-After`; nothing was done.',
    retry: true,
  },
  'service-timeout': {
    status: 504,
    text: 'The service did not answer in time.',
    advice: 'Check whether it was done, or send it again with the same `Idempotency-Key`.',
  },
  'answer-lost': {
    status: 502,
    text: 'The service broke off before it answered; what was asked for may have been done.',
    advice: 'Check whether it was done, or send it again with the same `Idempotency-Key`.',
  },
  // Of users. The last three are RFC 6749's, section 5.2.
  'email-taken': {
    status: 409,
    text: 'Another user has this e-mail address.',
    advice: 'Sign in as that user, or sign up with another address.',
  },
  'invalid-request': {
    status: 400,
    text: 'Invalid token request.',
    advice: 'Send a request as in RFC 6749, section 4.4.2.',
    members: { error: z.literal('invalid_request') },
  },
  'invalid-client': {
    status: 401,
    text: 'Wrong client id or secret.',
    advice: 'Check the id and the secret of the client.',
    members: { error: z.literal('invalid_client') },
  },
  'unsupported-grant-type': {
    status: 400,
    text: 'The only grant type is `client_credentials`.',
    advice: 'Send `grant_type=client_credentials`.',
    members: { error: z.literal('unsupported_grant_type') },
  },
  // Of orders.
  'insufficient-stock': {
    status: 409,
    text: 'Not enough stock of a line: the order is there, cancelled, and holds nothing.',
    advice: 'Order at most `available`, or wait for more: as a new order, with another `Idempotency-Key`.',
    members: { orderId: textIdSchema, productId: integerIdSchema, requested: z.int(), available: z.int() },
    headers: replayedHeader,
  },
  'unknown-product': {
    status: 422,
    text: 'The product does not exist or is not active.',
    advice: 'Take a product of `GET /products`.',
    members: { productId: integerIdSchema },
  },
  'unknown-user': { status: 422, text: 'The user does not exist or is disabled.', advice: 'Check the user’s id.' },
  'mixed-currencies': {
    status: 422,
    text: 'The products have prices in several currencies.',
    advice: 'Place an order for each currency.',
    members: { currencies: z.array(currencySchema) },
  },
  'idempotency-key-reuse': {
    status: 422,
    text: 'The Idempotency-Key was used with another body.',
    advice: 'Take another key for another order.',
  },
  'pricing-unavailable': {
    status: 503,
    text: 'The product service is down; nothing was ordered.',
    advice: 'Send it again after `Retry-After`, with the same `Idempotency-Key`.',
    retry: true,
  },
  'user-unavailable': {
    status: 503,
    text: 'The user service is down, and the user’s data is needed.',
    advice: 'Send it again after `Retry-After`, with the same `Idempotency-Key`.',
    retry: true,
  },
  'not-cancellable': {
    status: 409,
    text: 'The carrier has the order, or it was already delivered.',
    advice: 'Refuse the parcel, or send it back: what the carrier brings back is refunded.',
  },
  'attention-not-needed': {
    status: 409,
    text: 'The order does not need attention.',
    advice: 'Nothing to do: the order continues by itself.',
  },
  'review-not-needed': {
    status: 409,
    text: 'The order does not wait for review: it needs none, or was reviewed, or is cancelled.',
    advice: 'Check `review` and `status` of the order.',
  },
  'already-being-undone': {
    status: 409,
    text: 'The order is being cancelled: the waiting step can be retried or settled.',
    advice: 'Retry or settle the step that `attention` of the order names.',
  },
  'workflow-ended': {
    status: 409,
    text: 'The order’s workflow has ended: nothing in it waits, and requests are not received.',
    advice: 'Check the order’s status; the runbook says what an operator can do.',
  },
  'refund-too-much': {
    status: 409,
    text: 'More than is left of what was paid: `left`, in the minor unit of `currency`.',
    advice: 'Refund at most `left`, with another `Idempotency-Key`.',
    members: { left: amountSchema, currency: currencySchema },
  },
  'payment-only-held': {
    status: 409,
    text: 'The order’s money is only held, and not taken yet: there is nothing to give back.',
    advice: 'Cancel the order, which lets go of it, or send it again once its parcel is on its way.',
  },
  'restock-too-much': {
    status: 409,
    text: 'More of a product is to go back to stock than was delivered and is not back yet: `left`. This request refunded nothing.',
    advice: 'With another `Idempotency-Key`: restock at most `left`, or refund without `restock`.',
    members: { productId: integerIdSchema, left: z.int() },
  },
  'refund-refused': {
    status: 409,
    text: 'The payment provider refuses the refund.',
    advice: 'Look at the charge on the provider’s page: something may have been refunded there.',
  },
  'cancel-unavailable': {
    status: 503,
    text: 'The order’s workflow can not be reached or is stuck; nothing was cancelled.',
    advice: 'Send it again after `Retry-After`.',
    retry: true,
  },
  // Of deliveries.
  'delivery-not-started': {
    status: 503,
    text: 'The delivery is not recorded yet. Send the report again.',
    advice: 'Send it again after `Retry-After`.',
    retry: true,
  },
  'saga-unavailable': {
    status: 503,
    text: 'It is not known whether the request reached the order’s workflow, or the workflow is stuck: `detail` says which.',
    advice: 'Send it again after `Retry-After`: a report may come any number of times.',
    retry: true,
  },
  // Of the desk.
  'metrics-unavailable': {
    status: 502,
    text: 'There is no Prometheus to ask, or it does not answer.',
    advice: 'Send it again after `Retry-After`, or name a Prometheus as `PROMETHEUS_URL`. Orders go on without it.',
    retry: true,
  },
  'reconciliation-unavailable': {
    status: 502,
    text: 'Temporal does not answer, or has no schedule of reconciliations.',
    advice: 'Send it again after `Retry-After`. The schedule is made by the setup.',
    retry: true,
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

export const problemKindOf = (code: ProblemCode): ProblemKind => PROBLEMS[code];

/** undefined: there is no such code. */
export function problemTypeOf(code: string): ProblemType | undefined {
  if (!Object.hasOwn(PROBLEMS, code)) return undefined;
  const { status, text, advice } = problemKindOf(code as ProblemCode);
  return { code, status, meaning: text, advice };
}
