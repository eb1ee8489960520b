import { z } from 'zod';

const ours = 'job="holdfast"';
const answered = (quantile: number) =>
  `histogram_quantile(${quantile}, sum by (le) (rate(order_acceptance_duration_seconds_bucket{${ours}}[5m])))`;

/** What may be asked of Prometheus for the desk, by name: nobody sends a query of their own. */
export const DASHBOARD_QUERIES = {
  'orders-ended-per-minute': `60 * sum by (outcome) (rate(orders_finished_total{${ours}}[5m]))`,
  'answered-within-p50': answered(0.5),
  'answered-within-p99': answered(0.99),
  'orders-open': `max by (status) (orders_open{${ours}})`,
  'orders-needing-attention': `max by (step) (orders_needing_attention{${ours}}) > 0`,
  'breakers-not-closed': `1 - min by (process, breaker) (circuit_breaker_state{${ours}, state="closed"})`,
  'dead-letters-of-the-hour': `sum(increase(notification_dead_letters_total{${ours}}[1h]))`,
  'outbox-age-seconds': `max by (process) (outbox_waiting_seconds{${ours}})`,
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
