import { z } from 'zod';

import { amountSchema, currencySchema } from '../money.js';
import { integerIdSchema, pageQuerySchema, textIdSchema, timeSchema } from './common.js';

export const PAYMENT_STATUSES = ['CHARGED', 'DECLINED', 'REFUNDED'] as const;

export const paymentSchema = z
  .object({
    id: textIdSchema,
    orderId: textIdSchema,
    userId: integerIdSchema,
    amount: amountSchema,
    currency: currencySchema,
    status: z.enum(PAYMENT_STATUSES),
    refunds: z.array(z.object({ id: textIdSchema, amount: amountSchema, createdAt: timeSchema })),
    createdAt: timeSchema,
  })
  .meta({
    id: 'Payment',
    description: 'The charge of an order, and what was paid back.',
    examples: [
      {
        id: 'pay_1',
        orderId: 'ord_1',
        userId: 1,
        amount: 3_500_000,
        currency: 'KRW',
        status: 'CHARGED',
        refunds: [],
        createdAt: '2026-01-31T12:00:00.000Z',
      },
    ],
  });
export type Payment = z.infer<typeof paymentSchema>;

export const paymentsQuerySchema = pageQuerySchema.extend({ orderId: textIdSchema.optional() });

/** What the simulated provider does with each payment method; see docs/simulators.md. */
export const PAYMENT_METHODS = [
  'card_ok',
  'card_declined',
  'card_insufficient_funds',
  'card_lost_answer',
  'card_flaky',
  'card_provider_down',
] as const;

/** A provider's token for a card; which ones exist is the provider's affair. */
export const paymentMethodSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be 1 to 100 letters, digits, _ or -');

export const simulatorSchema = z.strictObject({ provider: z.enum(['up', 'down']) }).meta({
  id: 'Simulator',
  description: 'Whether the simulated payment provider answers.',
  examples: [{ provider: 'down' }],
});
export type Simulator = z.infer<typeof simulatorSchema>;
