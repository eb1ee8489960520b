import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Registry } from 'prom-client';
import {
  createDeliveryActivities,
  createDeliveryReconciliation,
} from '../../../activities/delivery/delivery-activities.js';
import {
  createInventoryActivities,
  createStockReconciliation,
} from '../../../activities/inventory/inventory-activities.js';
import { createOrderActivities } from '../../../activities/order/order-activities.js';
import { createOrderReconciliation, createTellFindings } from '../../../activities/order/reconciliation-activities.js';
import {
  createPaymentActivities,
  createPaymentReconciliation,
} from '../../../activities/payment/payment-activities.js';
import { workflowIdOf, ORDER_SAGA, type PaymentCapture, type SagaTimes } from '../../../contracts/order-saga.js';
import type { CarrierEvent } from '../../../contracts/http/deliveries.js';
import type { OrderStatus } from '../../../contracts/order-status.js';
import type { ReconciliationInput } from '../../../contracts/reconciliation.js';
import { TASK_QUEUES, type TaskQueue } from '../../../contracts/services.js';
import { createLogger } from '../../../platform/logger.js';
import { createTemporalClient } from '../../../platform/temporal/client.js';
import { createEventRecorder } from '../../../services/delivery/record-event.js';
import { SIMULATED_CARRIER } from '../../../services/delivery/simulated-carrier/simulated-carrier.js';
import { addressIn, openDeliveries } from '../../../services/delivery/testing/open-deliveries.js';
import { openInventory } from '../../../services/inventory/testing/open-inventory.js';
import { sagaStart } from '../../../services/order/saga-start.js';
import { newOrder, openOrderDatabase } from '../../../services/order/testing/order-database.js';
import { openPayments } from '../../../services/payment/testing/open-payments.js';
import { createTestNamespace } from '../../../tests/support/temporal-namespace.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { runReconciliation } from '../../../workers/reconcile/run-reconciliation.js';
import { deliveryUpdate, giveUp, initialSearchAttributes } from '../../order/messages.js';
import { quietRuntime, workerOptions } from '../../order/testing/saga-test.js';
import { workflowBundle } from '../../order/testing/workflow-bundle.js';

export type Shop = Awaited<ReturnType<typeof openShop>>;

const DAY_MS = 86_400_000;
/** However long a test takes, no order asks again, or gives up, in its midst. */
const usualTimes = {
  attentionAfterMs: 60_000,
  paymentWindowMs: DAY_MS,
  paymentAskedEveryMs: DAY_MS / 2,
  carrierSilenceMs: DAY_MS,
};

export async function hasTimer(workflow: WorkflowHandle): Promise<boolean> {
  const { events } = await workflow.fetchHistory();
  return events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes) ?? false;
}

/** The whole Saga in this process, on real databases and the real Temporal server: what a reconciliation looks at. */
export async function openShop(times: SagaTimes = usualTimes, paymentCapture: PaymentCapture | null = null) {
  quietRuntime();
  const [orders, inventory, payments, deliveries, settings] = await Promise.all([
    openOrderDatabase(),
    openInventory(),
    openPayments(),
    openDeliveries(),
    createTestNamespace('reconcile'),
  ]);
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) });
  const registry = new Registry();
  const temporal = createTemporalClient(settings);
  const workflows = temporal.client.workflow;
  const started = { times, searchAttributesOf: initialSearchAttributes };

  const activities: Record<TaskQueue, object> = {
    order: {
      ...createOrderActivities({ prisma: orders.prisma, logger, registry }),
      ...createOrderReconciliation({
        prisma: orders.prisma,
        workflows,
        ...started,
        allEveryMs: 7 * 86_400_000,
        tellFindings: createTellFindings({ logger, registry }),
        logger,
      }),
    },
    inventory: {
      ...createInventoryActivities({
        stock: inventory.stock,
        withStockLock: async (_lines, work) => {
          await Promise.resolve();
          return work();
        },
        logger,
        registry,
      }),
      ...createStockReconciliation(inventory.prisma),
    },
    payment: {
      ...createPaymentActivities({ store: payments.store, provider: payments.provider, logger }),
      ...createPaymentReconciliation({ prisma: payments.prisma, provider: payments.provider, logger }),
    },
    delivery: {
      ...createDeliveryActivities({ store: deliveries.store, carrier: deliveries.carrier(0), logger }),
      ...createDeliveryReconciliation(deliveries.prisma),
    },
  };
  const connection = await NativeConnection.connect({ address: settings.address });
  const bundle = await workflowBundle();
  const workers = await Promise.all(
    Object.values(TASK_QUEUES).map(async (taskQueue) => {
      const options = workerOptions(taskQueue, activities[taskQueue], bundle);
      const worker = await Worker.create({ connection, namespace: settings.namespace, ...options });
      return { worker, done: worker.run() };
    }),
  );

  const place = async (productId: number, quantity = 1, paymentMethod = 'card_ok'): Promise<string> => {
    const order = newOrder({
      lines: [{ productId, productName: 'Pot', unitPrice: 1_000, quantity, totalPrice: 1_000 * quantity }],
      totalPrice: 1_000 * quantity,
      shippingAddress: addressIn('88888'),
      paymentMethod,
      paymentCapture,
    });
    await orders.store.place(order);
    return order.id;
  };
  const statusOf = async (orderId: string) => (await orders.store.find(orderId))?.order.status;
  const handleOf = (orderId: string) => workflows.getHandle(workflowIdOf(orderId));
  const reaches = async (orderId: string, status: OrderStatus) => {
    // Some thirty orders at once, on a machine that does other things, too.
    await waitFor(`order to be ${status}`, async () => (await statusOf(orderId)) === status, { timeoutMs: 90_000 });
    return orderId;
  };
  const start = async (orderId: string) => {
    const stored = await orders.store.find(orderId);
    if (stored) await workflows.start(ORDER_SAGA, sagaStart(stored, started));
    return orderId;
  };
  /**
   * Temporal knows, too, that it waits: its row says so before, and where Temporal has not heard of it in time the Saga
   * writes that down once more.
   */
  const waits = async (orderId: string) => {
    await waitFor('it to wait', () => hasTimer(handleOf(orderId)), { timeoutMs: 90_000 });
    return orderId;
  };
  const recordEvent = createEventRecorder(deliveries.prisma);
  /** The carrier says so, and the Saga isn't told. */
  const reported = async (orderId: string, status: CarrierEvent) => {
    const delivery = await deliveries.prisma.delivery.findUniqueOrThrow({ where: { orderId } });
    await recordEvent(delivery.id, SIMULATED_CARRIER, { status, at: new Date() });
  };
  const open = async (productId: number, quantity?: number) =>
    reaches(await start(await place(productId, quantity)), 'DELIVERY_STARTED');

  return {
    ...{
      orders,
      inventory,
      payments,
      deliveries,
      workflows,
      lines,
      registry,
      place,
      start,
      handleOf,
      reaches,
      open,
      reported,
    },
    /** For a carrier that says nothing. */
    waitsForTheCarrier: async (productId: number) => waits(await open(productId)),
    /** By a transfer that its Saga will not ask for again. */
    waitsToBePaid: async (productId: number) => waits(await start(await place(productId, 1, 'bank_transfer'))),
    /** Delivered, and its workflow has ended. */
    completed: async (productId: number, quantity?: number) => {
      const orderId = await open(productId, quantity);
      await reported(orderId, 'delivered');
      await handleOf(orderId).signal(deliveryUpdate, { status: 'delivered', at: new Date().toISOString() });
      await handleOf(orderId).result();
      return orderId;
    },
    /** Given up when it had been charged and handed to the carrier; its workflow has ended. */
    cancelled: async (productId: number, quantity?: number) => {
      const orderId = await open(productId, quantity);
      await handleOf(orderId).signal(giveUp);
      await handleOf(orderId).result();
      return orderId;
    },
    reconcile: (input: ReconciliationInput = {}) =>
      runReconciliation({ workflows, input: { pauseMs: 300, scope: 'all', ...input } }),
    /** As Temporal does when its retention is over. */
    forget: async (orderId: string) => {
      const { namespace } = settings;
      const workflowExecution = { workflowId: workflowIdOf(orderId) };
      await workflows.workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
      const isThere = () =>
        handleOf(orderId)
          .describe()
          .then(
            () => true,
            () => false,
          );
      await waitFor('it to be gone', async () => !(await isThere()), { timeoutMs: 60_000 });
    },
    /** Rows alone, of orders that were cancelled before anything was done. */
    manyCancelled: (count: number, ago: string) => orders.prisma.$executeRaw`
      INSERT INTO orders (id, user_id, body_hash, user_verified, status, cancel_reason, currency, total_price,
        shipping_address, payment_method, workflow_started_at, created_at, updated_at)
      SELECT 'ord_many_' || gen_random_uuid(), 1, '', true, 'CANCELLED', 'CUSTOMER_REQUEST', 'KRW', 1000,
        '{}', 'card_ok', now(), now() - ${ago}::interval, now() - ${ago}::interval
      FROM generate_series(1, ${count})`,
    /** Where it is. */
    temporal: { ...settings, client: temporal.client },
    trigger: (scheduleId: string) => temporal.client.schedule.getHandle(scheduleId).trigger(),
    close: async () => {
      for (const { worker } of workers) worker.shutdown();
      await Promise.all(workers.map(({ done }) => done));
      await Promise.all([temporal.close(), connection.close()]);
      await Promise.all([orders.close(), inventory.close(), payments.close(), deliveries.close()]);
    },
  };
}
