import { CANCEL_REASONS, ORDER_STATUSES } from './order-status.js';
import { FINDING_KINDS } from './reconciliation.js';
import { ATTENTION_REASONS, SHOWN_ATTENTION_STEPS, STALLS } from './saga-steps.js';
import { SERVICES, TASK_QUEUES, type ServiceName, type TaskQueue } from './services.js';
import { TIMELINE_OUTCOMES, TIMELINE_STEPS } from './timeline.js';
import { CUSTOMER_TOPICS, USER_TOPICS } from './topics.js';

/** As the stack, Compose and Kubernetes call them. */
export type ProcessName = ServiceName | `${TaskQueue}-worker` | 'codec-server';

interface Metric {
  type: 'counter' | 'gauge' | 'histogram';
  /** What it counts or measures, in a sentence. */
  help: string;
  /** Each value that a label may have, or in words what bounds them: never an id. */
  labels?: Readonly<Record<string, readonly string[] | string>>;
  /** Upper bounds, in the unit that the name ends with. */
  buckets?: readonly number[];
  /** The processes that answer it. */
  of: readonly ProcessName[];
}

const WORKERS = Object.values(TASK_QUEUES).map((queue): ProcessName => `${queue}-worker`);
const WITH_API: readonly ProcessName[] = [...SERVICES, 'codec-server'];
const WITH_DATABASE = [...SERVICES.filter((name) => name !== 'gateway'), ...WORKERS];
const WITH_BREAKER = ['order-service', 'notification-service'] as const;
const WITH_OUTBOX = ['user-service', 'order-worker'] as const;
const WITH_PRUNER = ['user-service', 'order-worker', 'payment-worker', 'notification-service'] as const;

/** Within one process: from a millisecond to what a caller waits for. */
const SHORT = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;
const ANSWER = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
/** From what nobody notices to hours. */
const DELAY = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21600] as const;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const OPEN_STATUSES = ORDER_STATUSES.filter((status) => status !== 'COMPLETED' && status !== 'CANCELLED');

/**
 * Every metric of ours: what a process answers at `/metrics` beside it is what prom-client says of any process of Node.js, and
 * what Temporal's SDK says of a worker. Names, units and types are by Prometheus's conventions.
 */
export const METRICS = {
  http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time to answer an HTTP request',
    labels: { method: "one of HTTP's", route: "the route's pattern, or `unmatched`", status: 'the status code' },
    buckets: ANSWER,
    of: WITH_API,
  },
  http_stream_duration_seconds: {
    type: 'histogram',
    help: 'How long an event stream stayed open; it is not among the requests',
    labels: { route: "the route's pattern" },
    buckets: [1, 5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE],
    of: WITH_API,
  },
  database_connections: {
    type: 'gauge',
    help: 'Connections of a database pool that are open, by whether a query has them; `limit`: how many there may be',
    labels: { pool: 'a pool of the process', state: ['busy', 'idle', 'limit'] },
    of: WITH_DATABASE,
  },
  database_connections_awaited: {
    type: 'gauge',
    help: 'Work that waits for a connection of a database pool',
    labels: { pool: 'a pool of the process' },
    of: WITH_DATABASE,
  },

  order_acceptance_duration_seconds: {
    type: 'histogram',
    help: 'Time from the request to the answer of an order that was taken; its count is the orders',
    labels: { answer: ['decided', 'undecided', 'repeated'] },
    buckets: ANSWER,
    of: ['order-service'],
  },
  order_status_duration_seconds: {
    type: 'histogram',
    help: 'Time from placing an order until it reached a status',
    labels: { status: ORDER_STATUSES.filter((status) => status !== 'PENDING') },
    buckets: [
      0.05,
      0.1,
      0.25,
      0.5,
      1,
      2.5,
      5,
      10,
      30,
      MINUTE,
      5 * MINUTE,
      HOUR,
      6 * HOUR,
      DAY,
      3 * DAY,
      7 * DAY,
      30 * DAY,
    ],
    of: ['order-worker'],
  },
  order_decision_duration_seconds: {
    type: 'histogram',
    help: 'Time from placing an order until it was with the carrier, or was cancelled before that and undone, or waits for a person who reviews it, or to be paid: once for each',
    buckets: [1, 10, MINUTE, 10 * MINUTE, HOUR],
    of: ['order-worker', 'order-service'],
  },
  orders_finished_total: {
    type: 'counter',
    help: 'Orders that came to their end, by how and why; the order service counts those that were sold out before they had a Saga',
    labels: { outcome: ['COMPLETED', 'CANCELLED'], reason: ['none', ...CANCEL_REASONS] },
    of: ['order-worker', 'order-service'],
  },
  saga_steps_total: {
    type: 'counter',
    help: "Steps and compensations as the orders' timelines have them: each once, however often it was tried",
    labels: { step: TIMELINE_STEPS, outcome: TIMELINE_OUTCOMES },
    of: ['order-worker'],
  },
  saga_step_attempts_total: {
    type: 'counter',
    help: "How often the Saga began these steps; what Temporal's server repeats by itself is in `temporal_activity_execution_latency_seconds`",
    labels: { step: TIMELINE_STEPS },
    of: ['order-worker'],
  },
  orders_open: {
    type: 'gauge',
    help: 'Orders on their way, by status; read at the scrape',
    labels: { status: OPEN_STATUSES },
    of: ['order-worker'],
  },
  orders_open_oldest_seconds: {
    type: 'gauge',
    help: 'How long ago the oldest order on its way was placed, by status, without those that wait for review or to be paid; read at the scrape',
    labels: { status: OPEN_STATUSES },
    of: ['order-worker'],
  },
  orders_needing_attention: {
    type: 'gauge',
    help: 'Orders whose Saga waits for an operator, by what it waits for and why; read at the scrape',
    labels: { step: SHOWN_ATTENTION_STEPS, reason: ATTENTION_REASONS },
    of: ['order-worker'],
  },
  orders_needing_attention_oldest_seconds: {
    type: 'gauge',
    help: 'How long the one of them that has waited longest has; 0: none waits; read at the scrape',
    of: ['order-worker'],
  },
  orders_awaiting_review: {
    type: 'gauge',
    help: 'Orders that wait for a person who approves or rejects them, also past `REVIEW_WINDOW`; read at the scrape',
    of: ['order-worker'],
  },
  orders_awaiting_review_oldest_seconds: {
    type: 'gauge',
    help: 'How long ago the oldest of them was placed; 0: none waits; read at the scrape',
    of: ['order-worker'],
  },
  orders_stalled: {
    type: 'gauge',
    help: 'Orders whose workflow itself can not go on',
    labels: { why: Object.keys(STALLS) },
    of: ['order-worker'],
  },

  stock_reservations_total: {
    type: 'counter',
    help: 'Reservations asked for; `insufficient`: a product was out of stock, `compensated`: it came after its release',
    labels: { outcome: ['reserved', 'insufficient', 'compensated'] },
    of: ['inventory-worker'],
  },
  stock_lock_total: {
    type: 'counter',
    help: 'Steps that took the lock of their products, went on without it, or waited for it in vain; those that are reserved together are one',
    labels: { outcome: ['held', 'bypassed', 'timed-out'] },
    of: ['inventory-worker'],
  },
  stock_lock_wait_seconds: {
    type: 'histogram',
    help: 'How long a step waited until it had the locks of all its products',
    buckets: SHORT,
    of: ['inventory-worker'],
  },
  stock_lock_hold_seconds: {
    type: 'histogram',
    help: 'How long a step worked while it held them',
    buckets: SHORT,
    of: ['inventory-worker'],
  },

  circuit_breaker_state: {
    type: 'gauge',
    help: '1 for the state that the circuit breaker is in, 0 for the others',
    labels: { breaker: 'a service that is asked behind a breaker', state: ['closed', 'open', 'half-open'] },
    of: WITH_BREAKER,
  },
  circuit_breaker_changes_total: {
    type: 'counter',
    help: 'How often the circuit breaker came into a state',
    labels: { breaker: 'a service that is asked behind a breaker', state: ['closed', 'open', 'half-open'] },
    of: WITH_BREAKER,
  },

  outbox_waiting_events: {
    type: 'gauge',
    help: 'Events in the outbox that Kafka does not have yet; read at the scrape',
    of: WITH_OUTBOX,
  },
  outbox_waiting_seconds: {
    type: 'gauge',
    help: 'How long the oldest of them has waited; read at the scrape',
    of: WITH_OUTBOX,
  },
  outbox_refused_events: {
    type: 'gauge',
    help: 'Events that Kafka refuses; what follows them of the same subject waits',
    of: WITH_OUTBOX,
  },
  outbox_publish_delay_seconds: {
    type: 'histogram',
    help: 'Time from writing an event until Kafka had acknowledged it; its count is the events published',
    buckets: DELAY,
    of: WITH_OUTBOX,
  },

  payment_events_waiting: {
    type: 'gauge',
    help: "Events of payment providers of which the order's Saga has not heard yet; read at the scrape",
    of: ['payment-worker'],
  },
  payment_events_waiting_seconds: {
    type: 'gauge',
    help: 'How long the oldest of them has waited; read at the scrape',
    of: ['payment-worker'],
  },
  payment_events_unknown: {
    type: 'gauge',
    help: 'Events that payment providers sent within a day and that are about no order of ours; read at the scrape',
    of: ['payment-worker'],
  },

  notification_consumer_lag: {
    type: 'gauge',
    help: 'Messages of a topic that are not done with yet; read from Kafka at the scrape',
    labels: { topic: [...CUSTOMER_TOPICS, ...USER_TOPICS] },
    of: ['notification-service'],
  },
  notification_consumer_stalls_total: {
    type: 'counter',
    help: 'Consumers that stood still without an error and were left for new ones',
    of: ['notification-service'],
  },
  notification_dead_letters_total: {
    type: 'counter',
    help: 'Messages that could not be handled and were put to the dead letters',
    of: ['notification-service'],
  },
  notifications_total: {
    type: 'counter',
    help: 'Tries to tell a customer, by channel; `away`: the channel can not be reached, `lost`: it may have gone or not',
    labels: { channel: ['EMAIL', 'SMS'], outcome: ['sent', 'not-sent', 'away', 'lost'] },
    of: ['notification-service'],
  },
  notification_delay_seconds: {
    type: 'histogram',
    help: 'Time from what happened until the customer had been told of it',
    labels: { channel: ['EMAIL', 'SMS'] },
    buckets: DELAY,
    of: ['notification-service'],
  },

  pruned_rows_total: {
    type: 'counter',
    help: 'Rows that nobody needs any more and that were deleted',
    labels: { table: 'a table of the service' },
    of: WITH_PRUNER,
  },
  pruned_timestamp_seconds: {
    type: 'gauge',
    help: 'When all tables were last gone through for rows that nobody needs any more',
    of: WITH_PRUNER,
  },
  reconciliation_findings: {
    type: 'gauge',
    help: 'What the last reconciliation found and did not repair',
    labels: { kind: Object.keys(FINDING_KINDS) },
    of: ['order-worker'],
  },
  reconciliation_repairs_total: {
    type: 'counter',
    help: 'Findings that reconciliations have repaired',
    of: ['order-worker'],
  },
  reconciliation_finished_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last whole reconciliation ended',
    of: ['order-worker'],
  },
} as const satisfies Record<string, Metric>;

type Metrics = typeof METRICS;
export type MetricName<Type extends Metric['type'] = Metric['type']> = {
  [Name in keyof Metrics]: Metrics[Name]['type'] extends Type ? Name : never;
}[keyof Metrics];

export type MetricLabel<Name extends MetricName> = Metrics[Name] extends { labels: infer Labels }
  ? Extract<keyof Labels, string>
  : never;

/** The same, for whoever goes through all of them. */
export const metricOf = (name: MetricName): Metric => METRICS[name];

interface TemporalMetric {
  help: string;
  /** `workflows`: the worker that runs them alone. */
  of: 'workers' | 'workflows';
  /** Answered once it has happened, which it need not. */
  seldom?: boolean;
}

/** What Temporal's SDK says of a worker, by its own names: https://docs.temporal.io/references/sdk-metrics. */
export const TEMPORAL_METRICS: Record<string, TemporalMetric> = {
  temporal_activity_execution_failed: { help: 'Attempts of activities that failed', of: 'workers', seldom: true },
  temporal_activity_execution_latency_seconds: {
    help: 'How long an attempt of an activity took; its count is the attempts',
    of: 'workers',
  },
  temporal_activity_poll_no_task: { help: 'Polls that ended without an activity', of: 'workers', seldom: true },
  temporal_activity_schedule_to_start_latency_seconds: {
    help: 'How long activities waited for a slot of a worker',
    of: 'workers',
  },
  temporal_activity_succeed_endtoend_latency_seconds: {
    help: 'Time from asking for an activity until it had succeeded, with all its attempts: how long a step took',
    of: 'workers',
  },
  temporal_activity_task_received: { help: 'Attempts of activities that were taken up', of: 'workers' },
  temporal_local_activity_execution_cancelled: {
    help: 'Attempts of local activities that were called off',
    of: 'workflows',
    seldom: true,
  },
  temporal_local_activity_execution_failed: {
    help: 'Attempts of local activities that failed',
    of: 'workflows',
    seldom: true,
  },
  temporal_local_activity_execution_latency_seconds: {
    help: 'How long an attempt of a local activity took',
    of: 'workflows',
  },
  temporal_local_activity_succeed_endtoend_latency_seconds: {
    help: 'Time until a local activity had succeeded, with all its attempts',
    of: 'workflows',
  },
  temporal_local_activity_total: { help: 'Local activities', of: 'workflows' },
  temporal_long_request: { help: 'Polls for work, by operation', of: 'workers' },
  temporal_long_request_failure: { help: 'Those that failed', of: 'workers', seldom: true },
  temporal_long_request_latency_seconds: { help: 'How long they lasted', of: 'workers', seldom: true },
  temporal_num_pollers: { help: 'Polls under way, by what they wait for', of: 'workers' },
  temporal_request: { help: "Requests of Temporal's server, by operation", of: 'workers' },
  temporal_request_failure: { help: 'Those that failed', of: 'workers', seldom: true },
  temporal_request_latency_seconds: { help: 'How long they took', of: 'workers' },
  temporal_sticky_cache_hit: { help: 'Workflow tasks whose workflow was in the cache', of: 'workflows' },
  temporal_sticky_cache_miss: {
    help: 'Workflow tasks whose workflow had to be replayed from its history',
    of: 'workflows',
    seldom: true,
  },
  temporal_sticky_cache_size: { help: 'Workflows in the cache', of: 'workflows' },
  temporal_sticky_cache_total_forced_eviction: {
    help: 'Workflows put out of the cache for others',
    of: 'workflows',
    seldom: true,
  },
  temporal_worker_start: { help: 'Workers started in the process', of: 'workers' },
  temporal_worker_task_slots_available: { help: 'Free slots, by kind of work', of: 'workers' },
  temporal_worker_task_slots_used: { help: 'Slots in use, by kind of work', of: 'workers' },
  temporal_workflow_canceled: { help: 'Workflows that ended cancelled', of: 'workflows', seldom: true },
  temporal_workflow_completed: { help: 'Workflows that completed', of: 'workflows' },
  temporal_workflow_continue_as_new: { help: 'Workflows that went on as new runs', of: 'workflows', seldom: true },
  temporal_workflow_endtoend_latency_seconds: { help: 'How long workflows took', of: 'workflows' },
  temporal_workflow_failed: { help: 'Workflows that failed', of: 'workflows', seldom: true },
  temporal_workflow_task_execution_failed: {
    help: 'Workflow tasks that failed: the workflow stands still until one succeeds',
    of: 'workflows',
    seldom: true,
  },
  temporal_workflow_task_execution_latency_seconds: { help: 'How long a workflow task took', of: 'workflows' },
  temporal_workflow_task_queue_poll_empty: {
    help: 'Polls that ended without a workflow task',
    of: 'workflows',
    seldom: true,
  },
  temporal_workflow_task_queue_poll_succeed: { help: 'Workflow tasks taken up', of: 'workflows' },
  temporal_workflow_task_replay_latency_seconds: { help: 'How long replaying a history took', of: 'workflows' },
  temporal_workflow_task_schedule_to_start_latency_seconds: {
    help: 'How long workflow tasks waited for a slot of a worker',
    of: 'workflows',
  },
};
