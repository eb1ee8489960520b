import { WithStartWorkflowOperation, type Client, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import type { Order } from '../../../contracts/http/orders.js';
import {
  ACCEPTED_UPDATE_ID,
  workflowIdOf,
  type OrderSagaInput,
  type SagaTimes,
  SEARCH_ATTRIBUTES,
} from '../../../contracts/order-saga.js';
import type { PlacedOrder } from '../../../contracts/http/orders.js';
import type { OrderStatus } from '../../../contracts/order-status.js';
import type { DeliveryUpdate } from '../../../contracts/activities/delivery-activities.js';
import { STICKY_QUEUE_TIMEOUT_MS, WORKFLOW_TASK_TIMEOUT_MS } from '../../../contracts/saga-steps.js';
import { TASK_QUEUES, type TaskQueue } from '../../../contracts/services.js';
import { temporalTelemetryPlugins } from '../../../platform/telemetry/telemetry.js';
import { createDataConverter } from '../../../platform/temporal/client.js';
import { server } from '../../../tests/support/servers.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { accepted, deliveryUpdate, initialSearchAttributes } from '../messages.js';
import type { orderSaga } from '../order-saga.js';
import { tellOnFailure } from './tell-on-failure.js';
import { TestShop } from './test-shop.js';
import { USUAL_TIMES } from './usual-times.js';
import { workflowBundle } from './workflow-bundle.js';

/**
 * Public, and for tests only. Fixed, so that recorded histories can be read. As in the order worker, what the server
 * itself says of an activity may be unencrypted.
 */
export const dataConverter = createDataConverter(
  { keys: { test: Buffer.alloc(32, 7).toString('base64') }, current: 'test' },
  { inWorkflows: true },
);

/** As `workers/` runs it, but for the health port. */
export function workerOptions(taskQueue: TaskQueue, activities: object, workflowBundle: WorkflowBundleOption) {
  return {
    taskQueue,
    activities,
    dataConverter,
    plugins: temporalTelemetryPlugins(),
    stickyQueueScheduleToStartTimeout: STICKY_QUEUE_TIMEOUT_MS,
    ...(taskQueue === TASK_QUEUES.order && { workflowBundle }),
  };
}

export type SagaHandle = WorkflowHandle<typeof orderSaga>;

export interface StartOptions extends Partial<SagaTimes>, Pick<OrderSagaInput, 'paymentCapture'> {
  paymentMethod?: string;
  postalCode?: string;
  quantity?: number;
  /** How many, each with a line of its own. */
  products?: number;
}

/** The Saga with its four workers, and services in memory behind them. */
export class SagaTest {
  readonly shop = new TestShop();
  readonly #workers = new Map<TaskQueue, { worker: Worker; done: Promise<void> }>();
  #orders = 0;

  constructor(
    readonly client: Client,
    readonly connection: NativeConnection,
    private readonly namespace: string,
  ) {}

  async startWorkers(queues: readonly TaskQueue[] = Object.values(TASK_QUEUES)): Promise<void> {
    const { inventory, payments, deliveries, orders } = this.shop;
    const activities: Record<TaskQueue, object> = {
      order: orders,
      inventory,
      payment: payments,
      delivery: deliveries,
    };
    const bundled = await workflowBundle();
    const starting = queues.map(async (taskQueue) => {
      const worker = await Worker.create({
        connection: this.connection,
        namespace: this.namespace,
        ...workerOptions(taskQueue, activities[taskQueue], bundled),
      });
      this.#workers.set(taskQueue, { worker, done: worker.run() });
    });
    await Promise.all(starting);
  }

  async stopWorkers(queues: readonly TaskQueue[] = Object.values(TASK_QUEUES)): Promise<void> {
    const stopping = queues.map(async (taskQueue) => {
      const running = this.#workers.get(taskQueue);
      this.#workers.delete(taskQueue);
      running?.worker.shutdown();
      await running?.done;
    });
    await Promise.all(stopping);
  }

  input({ paymentMethod, postalCode, quantity, products, ...times }: StartOptions = {}): OrderSagaInput {
    this.#orders += 1;
    return {
      order: placedOrder(
        `o${this.#orders}-${Date.now().toString(36)}`,
        quantity ?? 2,
        products ?? 1,
        postalCode ?? '04524',
      ),
      paymentMethod: paymentMethod ?? 'card_ok',
      ...USUAL_TIMES,
      ...times,
    };
  }

  /** The row is there first, as in the API. */
  place(options?: StartOptions): OrderSagaInput {
    const input = this.input(options);
    this.shop.add(input.order);
    for (const { productId } of input.order.lines)
      if (!this.shop.stock.has(productId)) this.shop.stock.set(productId, 1_000);
    return input;
  }

  /** As the API does it: one call starts the Saga and asks for the stock decision. */
  async order(options?: StartOptions): Promise<{ id: string; handle: SagaHandle; answer: Order }> {
    const input = this.place(options);
    tellOnFailure(this.handleOf(input.order.id));
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof orderSaga>('orderSaga', {
      ...this.startOptions(input),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const answer = await this.client.workflow.executeUpdateWithStart(accepted, {
      startWorkflowOperation,
      updateId: ACCEPTED_UPDATE_ID,
    });
    return { id: input.order.id, handle: this.handleOf(input.order.id), answer };
  }

  handleOf(orderId: string): SagaHandle {
    return this.client.workflow.getHandle<typeof orderSaga>(workflowIdOf(orderId));
  }

  async start(options?: StartOptions): Promise<{ id: string; handle: SagaHandle }> {
    const input = this.place(options);
    const { id } = input.order;
    tellOnFailure(this.handleOf(id));
    const handle = await this.client.workflow.start<typeof orderSaga>('orderSaga', this.startOptions(input));
    return { id, handle };
  }

  /** In the row, so that what happened is written down. */
  async reached(orderId: string, status: OrderStatus): Promise<void> {
    await waitFor(`order to be ${status}`, () => this.shop.row(orderId).order.status === status);
  }

  /** One operator is asked, and the row says so. */
  async needsAttention(orderId: string): Promise<void> {
    await waitFor('order to need attention', () => this.shop.row(orderId).order.needsAttention);
  }

  async carrierTells(orderId: string, status: DeliveryUpdate['status']): Promise<void> {
    if (status !== 'in_transit') this.shop.carrierSays(orderId, status);
    await this.handleOf(orderId).signal(deliveryUpdate, { status, at: '2026-01-01T00:00:00.000Z' });
    if (status !== 'in_transit' || this.shop.row(orderId).order.status !== 'DELIVERY_STARTED') return;
    await waitFor('in transit', () => this.shop.row(orderId).timeline.some(({ key }) => key === 'in-transit'));
  }

  startOptions(input: OrderSagaInput) {
    return {
      workflowId: workflowIdOf(input.order.id),
      taskQueue: TASK_QUEUES.order,
      args: [input] as [OrderSagaInput],
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT_MS,
      typedSearchAttributes: initialSearchAttributes(input.order),
    };
  }
}

export interface TimeSkippingSagaTest {
  saga: SagaTest;
  env: TestWorkflowEnvironment;
  close(): Promise<void>;
}

/**
 * On the test server that skips time while a result is awaited, or in `env.sleep`. Not for orders that are called off,
 * or answered for, while a step is being tried again: an activity that is cancelled after it became due and before a worker took it
 * leaves the 1.38 server's count of what time has to wait for one too high, so that it never skips again.
 */
export async function startTimeSkippingSagaTest(): Promise<TimeSkippingSagaTest> {
  quietRuntime();
  const env = await startTestServer();
  // It can't list them, as registerSearchAttributes does first; and it takes any type for any name.
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.keys(SEARCH_ATTRIBUTES).map((name) => [name, 2])),
  });
  const saga = new SagaTest(env.client, env.nativeConnection, 'default');
  await saga.startWorkers();
  // The server fails an update-with-start that finds no worker yet.
  const first = saga.startOptions(saga.place({ quantity: 10_000 }));
  await env.client.workflow.execute('orderSaga', first);
  saga.shop.reset();
  return {
    saga,
    env,
    close: async () => {
      await saga.stopWorkers();
      await env.teardown();
    },
  };
}

/** The SDK gives it five seconds to start, which a busy machine may need for other things. */
async function startTestServer(): Promise<TestWorkflowEnvironment> {
  for (let tries = 1; ; tries++) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path: server('TEMPORAL_TEST_SERVER') } },
        client: { dataConverter },
      });
    } catch (error) {
      if (tries === 15 || !String(error).includes('did not start within')) throw error;
    }
  }
}

/** Steps fail on purpose here; the SDK would tell of each. */
export function quietRuntime(): void {
  // Test files share a process, and it can be installed once.
  if (isQuiet) return;
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
  });
  isQuiet = true;
}
let isQuiet = false;

function placedOrder(id: string, quantity: number, products: number, postalCode: string): PlacedOrder {
  return {
    id,
    userId: 1,
    userVerified: true,
    currency: 'KRW',
    totalPrice: 3_500_000 * quantity * products,
    lines: Array.from({ length: products }, (_, index) => ({
      productId: index + 1,
      productName: 'MacBook Pro 16',
      unitPrice: 3_500_000,
      quantity,
      totalPrice: 3_500_000 * quantity,
    })),
    shippingAddress: { name: 'Alice', line1: '110 Sejong-daero', city: 'Seoul', postalCode, country: 'KR' },
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}
