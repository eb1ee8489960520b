import { LegendDisplayMode, LegendPlacement, VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { DashboardBuilder, DatasourceVariableBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DASHBOARD_QUERIES } from '../contracts/http/dashboard.js';
import { highest, ours, quantile, rate } from '../contracts/metric-queries.js';

interface Panel {
  title: string;
  /** Of Grafana's; a plain number unless said. */
  unit?: 's' | 'percentunit' | 'reqps' | 'bytes' | 'short';
  /** By the text beside the line, which may name labels. */
  queries: Record<string, string>;
}

/** What each dashboard shows, by its rows. `npm run docs` makes a file of each, for Grafana in Compose and in Kubernetes. */
export const DASHBOARDS: Record<string, { title: string; rows: Record<string, Panel[]> }> = {
  orders: {
    title: 'Holdfast: orders',
    rows: {
      Objectives: [
        {
          title: 'Failed, of the last hour',
          unit: 'percentunit',
          queries: { '{{slo}}': 'slo:errors:ratio1h', 'may fail: {{slo}}': 'slo:budget:ratio' },
        },
        {
          title: 'Burn rate, over six hours',
          queries: { '{{slo}}': 'slo:errors:ratio6h / slo:budget:ratio' },
        },
      ],
      'What becomes of orders': [
        {
          title: 'Taken',
          unit: 'reqps',
          queries: { '{{answer}}': rate(`order_acceptance_duration_seconds_count{${ours}}`, 'answer') },
        },
        {
          title: 'Ended',
          unit: 'reqps',
          queries: {
            '{{outcome}} {{reason}}': `${rate(`orders_finished_total{${ours}}`, 'outcome, reason')} > 0`,
          },
        },
        { title: 'On their way', queries: { '{{status}}': DASHBOARD_QUERIES['orders-open'] } },
        { title: 'Waiting for review', queries: { waiting: `max(orders_awaiting_review{${ours}})` } },
        {
          title: 'The review that has waited longest',
          unit: 's',
          queries: { longest: `max(orders_awaiting_review_oldest_seconds{${ours}})` },
        },
        {
          title: 'How soon they are answered',
          unit: 's',
          queries: {
            p50: DASHBOARD_QUERIES['answered-within-p50'],
            p99: DASHBOARD_QUERIES['answered-within-p99'],
          },
        },
        {
          title: 'How soon nine in ten reach a status',
          unit: 's',
          queries: { '{{status}}': quantile(0.9, `order_status_duration_seconds_bucket{${ours}}`, 'status') },
        },
        {
          title: 'Reservations',
          unit: 'reqps',
          queries: { '{{outcome}}': rate(`stock_reservations_total{${ours}}`, 'outcome') },
        },
      ],
    },
  },
  saga: {
    title: 'Holdfast: Saga',
    rows: {
      'Who waits for somebody': [
        {
          title: 'Orders that need attention',
          queries: { '{{step}}: {{reason}}': `${highest(`orders_needing_attention{${ours}}`, 'step, reason')} > 0` },
        },
        {
          title: 'The one that has waited longest',
          unit: 's',
          queries: { longest: `max(orders_needing_attention_oldest_seconds{${ours}})` },
        },
        { title: 'Orders that stand still', queries: { '{{why}}': highest(`orders_stalled{${ours}}`, 'why') } },
        {
          title: 'Workflow tasks that fail',
          unit: 'reqps',
          queries: {
            '{{failure_reason}}': rate(`temporal_workflow_task_execution_failed{${ours}}`, 'failure_reason'),
          },
        },
      ],
      Steps: [
        {
          title: 'Done and undone',
          unit: 'reqps',
          queries: { '{{step}} {{outcome}}': `${rate(`saga_steps_total{${ours}}`, 'step, outcome')} > 0` },
        },
        {
          title: 'Rounds for a step',
          queries: {
            '{{step}}': `${rate(`saga_step_attempts_total{${ours}}`, 'step')} / ${rate(`saga_steps_total{${ours}}`, 'step')}`,
          },
        },
        {
          title: 'How long nineteen in twenty take, with their retries',
          unit: 's',
          queries: {
            '{{activity_type}}': quantile(
              0.95,
              `temporal_activity_succeed_endtoend_latency_seconds_bucket{${ours}}`,
              'activity_type',
            ),
          },
        },
        {
          title: 'The age of the oldest order',
          unit: 's',
          queries: { '{{status}}': highest(`orders_open_oldest_seconds{${ours}}`, 'status') },
        },
      ],
      Books: [
        {
          title: 'Findings of the last reconciliation',
          queries: { '{{kind}}': `${highest(`reconciliation_findings{${ours}}`, 'kind')} > 0` },
        },
        {
          title: 'The last one ended',
          unit: 's',
          queries: { ago: `time() - (max(reconciliation_finished_timestamp_seconds{${ours}}) > 0)` },
        },
      ],
    },
  },
  workers: {
    title: 'Holdfast: workers and queues',
    rows: {
      Workers: [
        {
          title: 'How long nineteen in twenty steps wait for a worker',
          unit: 's',
          queries: {
            '{{task_queue}}': quantile(
              0.95,
              `temporal_activity_schedule_to_start_latency_seconds_bucket{${ours}}`,
              'task_queue',
            ),
          },
        },
        {
          title: 'Free slots',
          queries: {
            '{{process}} {{worker_type}}': `sum by (process, worker_type) (temporal_worker_task_slots_available{${ours}})`,
          },
        },
        {
          title: 'Workflows in the cache',
          queries: { '{{process}}': `sum by (process) (temporal_sticky_cache_size{${ours}})` },
        },
        {
          title: 'Waiting for locks of stock',
          unit: 's',
          queries: { p95: quantile(0.95, `stock_lock_wait_seconds_bucket{${ours}}`) },
        },
      ],
      Events: [
        {
          title: 'In the outbox',
          queries: {
            '{{process}}': highest(`outbox_waiting_events{${ours}}`, 'process'),
            '{{process}}, refused': highest(`outbox_refused_events{${ours}}`, 'process'),
          },
        },
        {
          title: 'The oldest of them',
          unit: 's',
          queries: { '{{process}}': DASHBOARD_QUERIES['outbox-age-seconds'] },
        },
        {
          title: 'Until Kafka has nineteen in twenty',
          unit: 's',
          queries: { '{{process}}': quantile(0.95, `outbox_publish_delay_seconds_bucket{${ours}}`, 'process') },
        },
        { title: 'Not read yet', queries: { '{{topic}}': highest(`notification_consumer_lag{${ours}}`, 'topic') } },
        {
          title: 'Notifications',
          unit: 'reqps',
          queries: { '{{channel}} {{outcome}}': rate(`notifications_total{${ours}}`, 'channel, outcome') },
        },
        {
          title: 'Dead letters in a day',
          queries: { letters: `sum(increase(notification_dead_letters_total{${ours}}[1d]))` },
        },
      ],
    },
  },
  services: {
    title: 'Holdfast: services and infrastructure',
    rows: {
      Services: [
        { title: 'Answers', queries: { '{{process}}': `sum by (process) (up{${ours}})` } },
        {
          title: 'Requests',
          unit: 'reqps',
          queries: { '{{process}}': rate(`http_request_duration_seconds_count{${ours}}`, 'process') },
        },
        {
          title: 'Errors of their own',
          unit: 'reqps',
          queries: {
            '{{process}} {{route}} {{status}}': rate(
              `http_request_duration_seconds_count{${ours}, status=~"5.."}`,
              'process, route, status',
            ),
          },
        },
        {
          title: 'Nineteen in twenty are answered within',
          unit: 's',
          queries: { '{{process}}': quantile(0.95, `http_request_duration_seconds_bucket{${ours}}`, 'process') },
        },
        {
          title: 'Breakers that are not closed',
          queries: { '{{process}} without {{breaker}}': DASHBOARD_QUERIES['breakers-not-closed'] },
        },
      ],
      Processes: [
        {
          title: 'Processors in use',
          queries: { '{{process}}': rate(`process_cpu_seconds_total{${ours}}`, 'process') },
        },
        {
          title: 'Memory',
          unit: 'bytes',
          queries: { '{{process}}': `sum by (process) (process_resident_memory_bytes{${ours}})` },
        },
        {
          title: "How late Node.js's timers are, one in a hundred",
          unit: 's',
          queries: { '{{process}}': highest(`nodejs_eventloop_lag_p99_seconds{${ours}}`, 'process') },
        },
        {
          title: 'Busy connections of databases',
          queries: {
            '{{process}} {{pool}}': `sum by (process, pool) (database_connections{${ours}, state="busy"})`,
          },
        },
        {
          title: 'Work that waits for one',
          queries: { '{{process}} {{pool}}': `sum by (process, pool) (database_connections_awaited{${ours}})` },
        },
        {
          title: 'Rows pruned in a day',
          queries: { '{{process}} {{table}}': `sum by (process, table) (increase(pruned_rows_total{${ours}}[1d]))` },
        },
      ],
    },
  },
};

/** As Grafana reads it. */
export function dashboardJson(name: string): string {
  const { title, rows } = DASHBOARDS[name] ?? { title: name, rows: {} };
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Files that Grafana and its sidecar provision are of this form.
  const dashboard = new DashboardBuilder(title)
    .uid(`holdfast-${name}`)
    .tags(['holdfast'])
    .refresh('10s')
    .time({ from: 'now-1h', to: 'now' })
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  let id = 0;
  for (const [row, panels] of Object.entries(rows)) {
    dashboard.withRow(new RowBuilder(row).id(++id));
    for (const panel of panels) dashboard.withPanel(panelOf(panel).id(++id));
  }
  return `${JSON.stringify(dashboard.build())}\n`;
}

function panelOf({ title, unit = 'short', queries }: Panel): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .unit(unit)
    .span(8)
    .height(7)
    .legend(legend())
    .datasource({ type: 'prometheus', uid: '${datasource}' });
  Object.entries(queries).forEach(([text, expr], index) =>
    panel.withTarget(new DataqueryBuilder().expr(expr).legendFormat(text).refId('ABC'.charAt(index))),
  );
  return panel;
}

const legend = () =>
  new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom);
