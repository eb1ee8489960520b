import { z } from 'zod';
import { amountSchema, currencySchema } from '../money.js';
import {
  FINDING_KINDS,
  RECORD_SOURCES,
  REPAIRS,
  type FindingKind,
  type RecordSource,
  type Repair,
} from '../reconciliation.js';
import { integerIdSchema, textIdSchema, timeSchema } from './common.js';

const countSchema = z.int().min(0);
const checkedSchema = z
  .object(
    Object.fromEntries(RECORD_SOURCES.map((source) => [source, countSchema])) as Record<
      RecordSource,
      typeof countSchema
    >,
  )
  .meta({ description: 'How many orders each kind of record was listed of.' });

const findingSchema = z.object({
  kind: z.enum(Object.keys(FINDING_KINDS) as FindingKind[]),
  orderId: textIdSchema.optional(),
  productId: integerIdSchema.optional(),
  detail: z.string().meta({ description: 'What stands where.' }),
  units: z.int().optional(),
  money: z.object({ amount: amountSchema, currency: currencySchema }).optional(),
  repair: z
    .enum(Object.keys(REPAIRS) as Repair[])
    .optional()
    .meta({ description: 'What `npm run reconcile -- --repair` would do; none: somebody has to look.' }),
});

export const reconciliationSchema = z
  .object({
    run: z
      .object({
        state: z.enum(['running', 'completed', 'failed']),
        startedAt: timeSchema,
        endedAt: timeSchema.optional(),
        checked: checkedSchema.optional(),
      })
      .optional()
      .meta({
        description: 'The last that the schedule began; `checked` while it goes. None: Temporal knows of none.',
      }),
    report: z
      .object({
        startedAt: timeSchema,
        since: timeSchema
          .optional()
          .meta({ description: 'It looked at what had changed since, and at what is not over; else at everything.' }),
        checked: checkedSchema,
        findings: z.array(findingSchema).meta({ description: 'At most 500.' }),
        total: countSchema.meta({ description: 'Of all findings, also those that are no longer listed.' }),
        moving: countSchema.meta({ description: 'Orders that changed at each look, and are left for the next run.' }),
      })
      .optional()
      .meta({ description: 'Of the last that has completed, among the last ten.' }),
  })
  .meta({
    id: 'Reconciliation',
    description: 'The scheduled reconciliation: its last run, and the last findings.',
    examples: [
      {
        run: { state: 'completed', startedAt: '2026-01-31T12:00:00.000Z', endedAt: '2026-01-31T12:00:14.000Z' },
        report: {
          startedAt: '2026-01-31T12:00:00.120Z',
          since: '2026-01-31T10:59:00.000Z',
          checked: { orders: 42, stock: 42, payments: 41, ledger: 41, deliveries: 40, unreconciled: 1 },
          findings: [
            {
              kind: 'stock-still-held',
              orderId: 'ord_4f6a2c1e',
              detail: '2 of product 7 HELD',
              units: 2,
              repair: 'release-stock',
            },
          ],
          total: 1,
          moving: 0,
        },
      },
    ],
  });
