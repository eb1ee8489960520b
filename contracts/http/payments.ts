import { z } from 'zod';
import { amountSchema, currencySchema } from '../money.js';
import { integerIdSchema, pageQuerySchema, textIdSchema, timeSchema, pageOf, textIdParamsSchema } from './common.js';
import type { Operations } from './operation.js';

export const PAYMENT_STATUSES = ['AUTHORISED', 'CHARGED', 'DECLINED', 'REFUNDED', 'VOIDED'] as const;

const EXAMPLE = {
  id: 'pay_1',
  orderId: 'ord_1',
  userId: 1,
  amount: 3_500_000,
  currency: 'KRW',
  status: 'CHARGED',
  refunds: [],
  createdAt: '2026-01-31T12:00:00.000Z',
};

export const paymentSchema = z
  .object({
    id: textIdSchema,
    orderId: textIdSchema,
    userId: integerIdSchema,
    amount: amountSchema,
    currency: currencySchema,
    status: z.enum(PAYMENT_STATUSES).meta({
      description:
        '`AUTHORISED`: the money is held, and not taken yet. `VOIDED`: it was held, and let go of; nothing was taken.',
    }),
    refunds: z.array(z.object({ id: textIdSchema, amount: amountSchema, createdAt: timeSchema })),
    createdAt: timeSchema,
  })
  .meta({
    id: 'Payment',
    description: 'The charge of an order, and what was paid back.',
    examples: [EXAMPLE],
  });
export type Payment = z.infer<typeof paymentSchema>;

const OPERATION_KINDS = ['AUTHORISE', 'CAPTURE', 'VOID', 'REFUND'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** `PENDING`: the provider was asked, and its answer is not known. `VOIDED`: called off before it was done. */
const OPERATION_STATES = ['PENDING', 'DONE', 'REFUSED', 'VOIDED'] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

const operationSchema = z.object({
  id: textIdSchema.meta({
    description:
      'Of the charge it is the order’s. The provider’s idempotency key, but for the undo of a charge, which is asked for under the order’s.',
  }),
  kind: z.enum(OPERATION_KINDS).meta({
    description:
      'A charge is authorised and taken by one `CAPTURE`; where it is held first, by `AUTHORISE` and then `CAPTURE`, or called off by `VOID`.',
  }),
  amount: amountSchema,
  state: z.enum(OPERATION_STATES),
  providerReference: z.string().optional().meta({ description: 'What the provider calls it, or why it refused.' }),
  reason: z.string().optional().meta({ description: 'For admins.' }),
  requestedBy: z.string().optional().meta({ description: 'For admins; not there: the order’s Saga.' }),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});

export const paymentInDetailSchema = paymentSchema.extend({ operations: z.array(operationSchema) }).meta({
  id: 'PaymentInDetail',
  description: 'The charge of an order, and all that the provider was asked to do with its money.',
  examples: [
    {
      ...EXAMPLE,
      operations: [
        {
          id: 'ord_1',
          kind: 'CAPTURE',
          amount: 3_500_000,
          state: 'DONE',
          providerReference: 'ch_1',
          createdAt: '2026-01-31T12:00:00.000Z',
          updatedAt: '2026-01-31T12:00:01.000Z',
        },
      ],
    },
  ],
});
export type PaymentInDetail = z.infer<typeof paymentInDetailSchema>;

const paymentsQuerySchema = pageQuerySchema.extend({ orderId: textIdSchema.optional() });

/** A provider's token for a card; which ones exist is the provider's affair. */
export const paymentMethodSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be 1 to 100 letters, digits, _ or -');

const simulatorSchema = z.strictObject({ provider: z.enum(['up', 'down']) }).meta({
  id: 'Simulator',
  description: 'Whether the simulated payment provider answers.',
  examples: [{ provider: 'down' }],
});
export type Simulator = z.infer<typeof simulatorSchema>;

const challengeSchema = z
  .object({
    id: z.string(),
    reference: z.string().meta({ description: "The shop's own: the order's id." }),
    amount: amountSchema,
    currency: z.string(),
    state: z.enum(['WAITING', 'CONFIRMED', 'REFUSED', 'CALLED_OFF']).meta({
      description: '`CALLED_OFF`: its order was undone before its customer decided.',
    }),
  })
  .meta({
    id: 'Challenge',
    description: 'What the bank of the simulation asks its customer: whether a charge is theirs (3-D Secure).',
    examples: [{ id: 'ch_1', reference: 'ord_1', amount: 3_500_000, currency: 'KRW', state: 'WAITING' }],
  });
export type Challenge = z.infer<typeof challengeSchema>;

const challengeAnswerSchema = z.strictObject({ decision: z.enum(['confirm', 'refuse']) }).meta({
  id: 'ChallengeAnswer',
  description: 'What the customer says to the bank.',
  examples: [{ decision: 'confirm' }],
});
export type ChallengeAnswer = z.infer<typeof challengeAnswerSchema>;

/** The provider's own: what it says is read by the provider's rule, so nothing of it is refused here. */
const providerEventSchema = z.record(z.string(), z.unknown()).meta({
  id: 'ProviderEvent',
  description:
    'What a payment provider sends of a charge; its bytes are signed. The simulated one sends `id`, `type` and `chargeKey`.',
  examples: [{ id: 'ch_1:succeeded', type: 'charge.succeeded', chargeKey: 'ord_1' }],
});

const common = { service: 'payment-service', tag: 'Payments' } as const;
const simulator = { ...common, path: '/payments/simulator', access: 'admin', problems: ['not-found'] } as const;
const challenge = {
  ...common,
  path: '/payments/simulator/challenges/{id}',
  // Whoever has the address, as with a bank's page.
  access: 'anyone',
  params: textIdParamsSchema,
  problems: ['not-found'],
} as const;

export const paymentOperations = {
  listPayments: {
    ...common,
    method: 'get',
    path: '/payments',
    summary: 'Payments, newest first',
    description: 'One for each charge. The caller’s own; admins see everybody’s.',
    access: 'owner-or-admin',
    query: paymentsQuerySchema,
    answers: { 200: { description: 'A page of payments.', schema: pageOf(paymentSchema) } },
    problems: ['forbidden'],
  },
  getPayment: {
    ...common,
    method: 'get',
    path: '/payments/{id}',
    summary: 'A payment, and its operations',
    access: 'owner-or-admin',
    params: textIdParamsSchema,
    answers: { 200: { description: 'The payment.', schema: paymentInDetailSchema } },
    problems: ['not-found'],
  },
  reportPayment: {
    ...common,
    method: 'post',
    path: '/payments/webhooks/{provider}',
    summary: 'What the payment provider has to say',
    description:
      'That there is news of a charge: what they are, the provider is asked. A repeat is harmless. What says that it is ours, and is about no order that we know, is kept.',
    access: 'payment-provider',
    params: z.object({ provider: z.string().meta({ examples: ['simulated'] }) }),
    body: providerEventSchema,
    answers: { 200: { description: 'It is written down, or about nothing of ours.' } },
    problems: ['unauthorized', 'not-found'],
  },
  getSimulator: {
    ...simulator,
    method: 'get',
    summary: 'Whether the simulated provider is up',
    description: 'Not in production.',
    answers: { 200: { description: 'How it is set.', schema: simulatorSchema } },
  },
  getChallenge: {
    ...challenge,
    method: 'get',
    summary: 'What the simulated bank asks of a charge by `card_3ds`',
    description: 'Not in production.',
    answers: { 200: { description: 'The question, and whether it is answered.', schema: challengeSchema } },
  },
  answerChallenge: {
    ...challenge,
    method: 'post',
    summary: 'Confirm a charge at the simulated bank, or refuse it',
    description: 'The first answer counts; a later one changes nothing, and is told how it stands. Not in production.',
    body: challengeAnswerSchema,
    answers: { 200: { description: 'How it stands now.', schema: challengeSchema } },
  },
  setSimulator: {
    ...simulator,
    method: 'post',
    summary: 'Take the simulated provider down, or up again',
    description: 'For all processes at once, and over restarts. Not in production.',
    body: simulatorSchema,
    answers: { 200: { description: 'How it is set now.', schema: simulatorSchema } },
  },
} as const satisfies Operations;
