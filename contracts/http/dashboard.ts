import { z } from 'zod';
import { highest, ours, quantile, rate } from '../metric-queries.js';

const acceptance = `order_acceptance_duration_seconds_bucket{${ours}}`;

/** What may be asked of Prometheus for the desk, by name: nobody sends a query of their own. */
export const DASHBOARD_QUERIES = {
  'orders-ended-per-minute': `60 * ${rate(`orders_finished_total{${ours}}`, 'outcome')}`,
  'answered-within-p50': quantile(0.5, acceptance),
  'answered-within-p99': quantile(0.99, acceptance),
  'orders-open': highest(`orders_open{${ours}}`, 'status'),
  'orders-needing-attention': `${highest(`orders_needing_attention{${ours}, step!="review"}`, 'step')} > 0`,
  // Those that need attention for it are among them.
  'orders-awaiting-review': `max(orders_awaiting_review{${ours}}) > 0`,
  'breakers-not-closed': `1 - min by (process, breaker) (circuit_breaker_state{${ours}, state="closed"})`,
  'dead-letters-of-the-hour': `sum(increase(notification_dead_letters_total{${ours}}[1h]))`,
  'outbox-age-seconds': highest(`outbox_waiting_seconds{${ours}}`, 'process'),
} as const;

export type DashboardQuery = keyof typeof DASHBOARD_QUERIES;

const names = Object.keys(DASHBOARD_QUERIES) as DashboardQuery[];

export const dashboardSchema = z
  .object({
    until: z
      .number()
      .meta({ description: 'When it was asked, Unix time in seconds: what ends before has no number of now.' }),
    series: z.array(
      z.object({
        name: z.enum(names),
        labels: z.record(z.string(), z.string()),
        points: z.array(z.object({ at: z.number().meta({ description: 'Unix time in seconds.' }), value: z.number() })),
      }),
    ),
  })
  .meta({
    id: 'Dashboard',
    description: 'Series of the last hour, a point for each minute of which there is one.',
    examples: [
      {
        until: 1_769_860_800,
        series: [
          {
            name: 'orders-ended-per-minute',
            labels: { outcome: 'COMPLETED' },
            points: [{ at: 1_769_860_800, value: 42 }],
          },
        ],
      },
    ],
  });
