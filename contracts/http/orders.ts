import { z } from 'zod';
import { amountSchema, currencySchema } from '../money.js';
import { CANCEL_REASONS, ORDER_STATUSES, REVIEWS } from '../order-status.js';
import { SHOWN_ATTENTION_STEPS } from '../saga-steps.js';
import { SERVICES } from '../services.js';
import { REVIEW_DECISIONS, TIMELINE_OUTCOMES, TIMELINE_STEPS } from '../timeline.js';
import { addressSchema, EXAMPLE_ADDRESS } from './address.js';
import {
  integerIdParamSchema,
  integerIdSchema,
  lineSchema,
  oneLineSchema,
  pageQuerySchema,
  textIdSchema,
  timeSchema,
} from './common.js';
import { paymentMethodSchema } from './payments.js';

export const MAX_LINES = 50;
export const MAX_QUANTITY = 10_000;

const quantitySchema = z.int().min(1).max(MAX_QUANTITY);
const requestedLineSchema = z.strictObject({ productId: integerIdSchema, quantity: quantitySchema });

const newOrderFields = {
  userId: integerIdSchema
    .optional()
    .meta({ description: 'By default the caller; another user’s order needs the role admin.' }),
  paymentMethod: paymentMethodSchema.default('card_ok'),
  shippingAddress: addressSchema.optional().meta({ description: 'By default the user’s own.' }),
};

const newOrderOfOneProductSchema = z
  .strictObject({ productId: integerIdSchema, quantity: quantitySchema, ...newOrderFields })
  .meta({ id: 'NewOrderOfOneProduct', description: 'One product.', examples: [{ productId: 1, quantity: 1 }] });

const newOrderOfItemsSchema = z
  .strictObject({ items: z.array(requestedLineSchema).min(1).max(MAX_LINES), ...newOrderFields })
  .meta({
    id: 'NewOrderOfItems',
    description: 'Several products, or one; the same one twice is added up.',
    examples: [{ items: [{ productId: 1, quantity: 2 }], paymentMethod: 'card_declined' }],
  });

/** A price is no field of it: prices come from the product service only, so `price` is an unknown field like any other. */
export const placeOrderBodySchema = z.union([newOrderOfOneProductSchema, newOrderOfItemsSchema]).meta({
  id: 'NewOrder',
  description: 'Either one product, or several as `items`.',
  examples: [
    { productId: 1, quantity: 1 },
    { items: [{ productId: 1, quantity: 2 }], paymentMethod: 'card_declined' },
  ],
});
export type PlaceOrderBody = z.infer<typeof placeOrderBodySchema>;

/** 1 to 255 printable ASCII characters. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/, 'must be 1 to 255 printable ASCII characters');

/** RFC 7240; what is not understood is ignored. */
const preferSchema = z
  .string()
  .meta({ description: '`respond-async`: answer with 202 at once.', examples: ['respond-async'] });

export const placeOrderHeadersSchema = z.object({
  'Idempotency-Key': idempotencyKeySchema
    .optional()
    .meta({ description: 'The same key and body from the same user is the same order, however often it is sent.' }),
  Prefer: preferSchema.optional(),
});

export const orderLineSchema = z.object({
  productId: integerIdSchema,
  productName: z.string(),
  unitPrice: amountSchema,
  quantity: quantitySchema,
  totalPrice: amountSchema,
});
export type OrderLine = z.infer<typeof orderLineSchema>;

/** What never changes in an order. A field of it is a column, and a line of services/order/order-row.ts. */
export const placedOrderSchema = z.object({
  id: textIdSchema,
  userId: integerIdSchema,
  userVerified: z
    .boolean()
    .meta({ description: 'false: the user service was down, so what the token says was believed.' }),
  currency: currencySchema,
  totalPrice: amountSchema,
  lines: z.array(orderLineSchema),
  shippingAddress: addressSchema,
  createdAt: timeSchema,
});
export type PlacedOrder = z.infer<typeof placedOrderSchema>;

/** How a payment stands that was neither made nor refused yet. */
const pendingPaymentSchema = z.object({
  status: z.enum(['PROCESSING', 'ACTION_REQUIRED']).meta({
    description:
      '`ACTION_REQUIRED`: its customer has something to do, `nextAction`. `PROCESSING`: its money is awaited.',
  }),
  nextAction: z
    .object({ type: z.literal('redirect'), url: z.url({ protocol: /^https?$/ }) })
    .optional()
    .meta({ description: 'The page where the customer goes on.' }),
  expiresAt: timeSchema.meta({ description: 'What is not paid by then is undone.' }),
});
export type PendingPayment = z.infer<typeof pendingPaymentSchema>;

/** Of an order that is paid when its parcel is handed over: shown from when its money is held. */
const heldPaymentSchema = z.object({
  status: z.enum(['HELD', 'CAPTURED']).meta({
    description: '`HELD`: reserved on its payment method, and not taken yet. `CAPTURED`: taken.',
  }),
  expiresAt: timeSchema.optional().meta({ description: 'Until when the provider holds it, where it says so.' }),
});
export type HeldPayment = z.infer<typeof heldPaymentSchema>;

const orderPaymentSchema = z.union([pendingPaymentSchema, heldPaymentSchema]);
export type OrderPayment = z.infer<typeof orderPaymentSchema>;

/** What of it the Saga changes, as callers see it. */
export const orderStateSchema = z.object({
  status: z.enum(ORDER_STATUSES),
  cancelReason: z.enum(CANCEL_REASONS).optional(),
  cancelNote: z
    .string()
    .meta({ description: 'Why, in the words of whoever asked for it. What an operator wrote is for admins alone.' })
    .optional(),
  review: z
    .enum(REVIEWS)
    .meta({ description: 'Of an order that is charged only once a person has approved it; others have none.' })
    .optional(),
  payment: orderPaymentSchema.optional().meta({
    description: 'There while the order waits to be paid, and of one that is paid when its parcel is handed over.',
  }),
  paymentId: textIdSchema.optional(),
  deliveryId: textIdSchema.optional(),
  trackingNumber: z.string().optional(),
  needsAttention: z
    .boolean()
    .meta({ description: 'A step, a compensation or the workflow itself waits for an operator.' }),
  attention: z.object({ step: z.enum(SHOWN_ATTENTION_STEPS), since: timeSchema, error: z.string() }).optional(),
  updatedAt: timeSchema,
});
export type ShownState = z.infer<typeof orderStateSchema>;

const restockedSchema = z.boolean().optional().meta({
  description:
    'All its goods are back in stock; false: none are, since more than was delivered would be. Missing until it is decided, and where nothing was to go back.',
});

/** What an operator gave back of its charge, which its Saga knows nothing of. */
const refundOfOrderSchema = z.object({
  id: textIdSchema.meta({ description: 'Of the operation, as its payment shows it.' }),
  amount: amountSchema,
  at: timeSchema,
  reason: z.string().optional().meta({ description: 'For admins.' }),
  requestedBy: z.string().optional().meta({ description: 'For admins.' }),
  restock: z
    .array(requestedLineSchema)
    .optional()
    .meta({ description: 'What was to go back to stock with it, for admins; not there where that is nothing.' }),
  restocked: restockedSchema,
});
export type RefundOfOrder = z.infer<typeof refundOfOrderSchema>;

const refundsSchema = z
  .array(refundOfOrderSchema)
  .optional()
  .meta({ description: 'What operators gave back of its charge; not there where that is nothing.' });

export const orderSchema = z
  .object({ ...placedOrderSchema.shape, ...orderStateSchema.shape, refunds: refundsSchema })
  .meta({
    id: 'Order',
    description: 'An order as it stands now, with the prices that it was placed with.',
    examples: [
      {
        id: 'ord_1',
        userId: 1,
        userVerified: true,
        status: 'COMPLETED',
        needsAttention: false,
        currency: 'KRW',
        totalPrice: 3_500_000,
        lines: [
          { productId: 1, productName: 'MacBook Pro 16', unitPrice: 3_500_000, quantity: 1, totalPrice: 3_500_000 },
        ],
        shippingAddress: EXAMPLE_ADDRESS,
        createdAt: '2026-01-31T12:00:00.000Z',
        updatedAt: '2026-01-31T12:00:00.000Z',
      },
    ],
  });
export type Order = z.infer<typeof orderSchema>;

export const ordersQuerySchema = pageQuerySchema.extend({
  userId: integerIdParamSchema.optional(),
  status: z.enum(ORDER_STATUSES).optional(),
  cancelReason: z.enum(CANCEL_REASONS).optional(),
  needsAttention: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .meta({ type: 'boolean', enum: undefined })
    .optional(),
  review: z.enum(REVIEWS).optional(),
});

export const watchOrderHeadersSchema = z.object({
  'Last-Event-ID': z
    .string()
    .optional()
    .meta({ description: 'The `id` of the last event seen.', examples: ['2'] }),
});

export const timelineEntrySchema = z
  .object({
    at: timeSchema,
    step: z.enum(TIMELINE_STEPS).meta({
      description:
        'A step or a compensation of the Saga, or what else happened: placed, with the carrier, returned, refunded by an ' +
        'operator and its goods restocked, asked to be cancelled, cancelled, waiting for review and how it was decided, an operator’s request, or what an operator has put right elsewhere.',
    }),
    service: z.enum(SERVICES).meta({ description: 'Whose work it is.' }),
    outcome: z.enum(TIMELINE_OUTCOMES).meta({
      description:
        '`refused`: a business answer, final. `failing`: it does not succeed, and waits for an operator. ' +
        '`timed-out`: its time has run out before it succeeded. `undone`: a ' +
        'compensation has run. `asked`: somebody’s request, heard. `unconfirmed`: an operator’s request of which it is not ' +
        'known whether it was heard.',
    }),
    attempts: z.int().meta({
      description:
        'How often the Saga asked for it. Each time its service is tried again for as long as ATTENTION_AFTER.',
    }),
    tries: z
      .int()
      .optional()
      .meta({
        description:
          'How often it was tried in its latest round, as far as Temporal’s history of the newest run knows; with the last ' +
          'entry of the step, which may be of a round before. Only admins see it.',
      }),
    detail: z.string().optional().meta({ description: 'Why, or by whom; a code or a few words.' }),
    operator: z
      .object({ id: z.string(), note: z.string() })
      .optional()
      .meta({
        description:
          'Who asked and why. `through Temporal`, rather than by this API, as the sender calls itself, which nobody ' +
          'checks. Only admins see it.',
      }),
    traceId: z.string().optional().meta({ description: 'To be looked up in Zipkin.' }),
  })
  .meta({ id: 'TimelineEntry', description: 'One thing that was done for an order, or was tried.' });

export const timelineSchema = z.object({
  items: z.array(timelineEntrySchema),
  links: z
    .object({
      workflow: z.url().optional().meta({ description: 'The order’s Saga in Temporal’s Web UI.' }),
      trace: z.url().optional().meta({ description: 'The trace of the request that placed it.' }),
      events: z.url().optional().meta({ description: 'What Kafka has of it.' }),
    })
    .optional()
    .meta({ description: 'Pages of other systems, as far as their addresses are set. Only admins see it.' }),
});
export type Timeline = z.infer<typeof timelineSchema>;

export const operatorRequestBodySchema = z
  .strictObject({
    note: lineSchema(1_000).meta({ description: 'Why; kept in the timeline, for admins.' }),
  })
  .meta({
    id: 'OperatorRequest',
    description: 'Why an operator does it; it stands in the timeline.',
    examples: [{ note: 'The provider is back.' }],
  });

export const reviewBodySchema = z
  .strictObject({ decision: z.enum(REVIEW_DECISIONS), ...operatorRequestBodySchema.shape })
  .meta({
    id: 'Review',
    description: 'What a person decides of an order that waits for review, and why.',
    examples: [{ decision: 'approve', note: 'She has called: it is hers.' }],
  });

export const cancelOrderBodySchema = z.strictObject({ note: oneLineSchema(1_000).optional() });

const refundReason = {
  reason: lineSchema(200).meta({ description: 'Why; kept with the operation, for admins.' }),
};

/** What of an order's charge goes back: an amount, or what lines cost when they were ordered. */
export const refundBodySchema = z
  .union([
    z.strictObject({
      amount: amountSchema.min(1),
      ...refundReason,
      restock: z.literal(false, 'needs lines: of an amount nothing can go back to stock').optional(),
    }),
    z.strictObject({
      lines: z.array(requestedLineSchema).min(1).max(MAX_LINES),
      ...refundReason,
      restock: z.boolean().optional().meta({
        description:
          'The goods go back to stock, after the money and by an operation of its own; of what was delivered, and never more than that.',
      }),
    }),
  ])
  .meta({
    id: 'NewRefund',
    description: 'Either an amount, or lines at the prices that the order was placed with.',
    examples: [
      { amount: 500_000, reason: 'A scratch.' },
      { lines: [{ productId: 1, quantity: 1 }], reason: 'It was the wrong one.', restock: true },
    ],
  });
export type RefundBody = z.infer<typeof refundBodySchema>;

export const refundHeadersSchema = z.object({
  'Idempotency-Key': idempotencyKeySchema.meta({
    description: 'The same key and body for the same order is the same refund, however often it is sent.',
  }),
});

export const refundSchema = z
  .object({
    id: textIdSchema.meta({ description: 'Of the operation, as its payment shows it.' }),
    orderId: textIdSchema,
    amount: amountSchema,
    currency: currencySchema,
    state: z
      .enum(['PENDING', 'DONE'])
      .meta({ description: '`PENDING`: the money, or the goods, are still to go back.' }),
    reason: z.string(),
    restocked: restockedSchema,
  })
  .meta({
    id: 'Refund',
    description: 'What of an order’s charge goes back.',
    examples: [
      { id: 'ref_1', orderId: 'ord_1', amount: 500_000, currency: 'KRW', state: 'DONE', reason: 'A scratch.' },
    ],
  });
export type Refund = z.infer<typeof refundSchema>;
