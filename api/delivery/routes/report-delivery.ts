import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { DeliveryUpdate } from '../../../contracts/activities/delivery-activities.js';
import { workflowIdOf } from '../../../contracts/order-saga.js';
import { deliveryUpdate } from '../../../workflows/order/messages.js';
import { context as traces } from '@opentelemetry/api';
import type { Request } from 'express';
import { deliveryOperations } from '../../../contracts/http/deliveries.js';
import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import { withOrderId } from '../../../platform/log-context.js';
import { contextFrom } from '../../../platform/telemetry/trace-context.js';
import type { EventOutcome } from '../../../services/delivery/record-event.js';
import {
  SIMULATED_CARRIER,
  type CarrierReport,
} from '../../../services/delivery/simulated-carrier/simulated-carrier.js';
import { handle } from '../../http/handle.js';
import { notFound, serviceUnavailable, unauthorized, type ProblemError } from '../../http/problem.js';
import type { DeliveryContext } from '../service.js';
import { signingKey } from '../../../platform/signed-message.js';
import type { CarrierKeys } from '../../../services/delivery/carrier.js';
import { audit } from '../../http/audit.js';
import { requireJson } from '../../http/validate.js';

/** `closed`: the order's Saga is over, so it needs to hear of nothing. Rejects when Temporal has not taken the signal. */
export type SignalSaga = (orderId: string, update: DeliveryUpdate) => Promise<'taken' | 'closed'>;

/** Below the time that a carrier waits for its answer. */
const SIGNAL_TIMEOUT_MS = 2_000;

export function createSagaSignal(client: Client): SignalSaga {
  return async (orderId, update) => {
    try {
      const handle = client.workflow.getHandle(workflowIdOf(orderId));
      await client.withDeadline(Date.now() + SIGNAL_TIMEOUT_MS, () => handle.signal(deliveryUpdate, update));
      return 'taken';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'closed';
      throw error;
    }
  };
}

export function reportDelivery(context: DeliveryContext) {
  return handle(deliveryOperations.reportDelivery, async (call) => {
    const { req } = call;
    const carrier = requireCarrier(req, context.carrierKeys);
    const { id: deliveryId } = call.params;
    const update = call.body;
    // Or the same signed bytes would move every other parcel.
    if (update.deliveryId !== deliveryId)
      throw notTheirs(req, 'of-another-delivery', 'What is signed is about another delivery.');
    await takeReport(context, carrier, update, () =>
      notTheirs(req, 'of-another-carrier', 'Another carrier has this delivery.'),
    );
  });
}

/** An admin speaks for the simulated carrier; asked again, it is the same report. */
export function simulateReport(context: DeliveryContext) {
  return handle(deliveryOperations.simulateReport, async ({ params, body }) => {
    if (!context.isSimulated) throw notFound();
    const update = { deliveryId: params.id, status: body.status, at: new Date().toISOString() };
    await takeReport(context, SIMULATED_CARRIER, update, () => notFound());
  });
}

/**
 * Written down first, then told to the Saga, and 202 only once the Saga has it. Whatever dies before that, the carrier
 * says it again, and it is told again; what the Saga has taken is not: signals without end would end the workflow.
 */
async function takeReport(
  { recordEvent, markTold, signalSaga, logger }: DeliveryContext,
  carrier: string,
  { deliveryId, ...update }: CarrierReport,
  ofAnotherCarrier: () => ProblemError,
): Promise<void> {
  crashPoint('report: before the row');
  const event = await recordEvent(deliveryId, carrier, { status: update.status, at: new Date(update.at) });
  crashPoint('report: row written');
  const { orderId, traceparent, first, newest, told, contradicts } = requireRecorded(event, ofAnotherCarrier);
  // The carrier's request has a trace of its own; what it brings about belongs to the order's.
  await traces.with(traceparent === null ? traces.active() : contextFrom(traceparent), async () => {
    if (contradicts) {
      const { status } = update;
      if (first)
        logger.warn({ orderId, deliveryId, status }, 'the carrier reports what its delivery had ended without');
    } else if (first && update.status === 'delivered') logger.info({ orderId, deliveryId }, 'delivery completed');
    // Once something newer stands in the books, this one has nothing to tell, heard before or not.
    if (!newest || told) return;
    try {
      await withOrderId(orderId, () => signalSaga(orderId, update));
      crashPoint('report: Saga told');
      await markTold(deliveryId, update.status);
    } catch (error) {
      logger.warn({ err: error, orderId, deliveryId }, 'the Saga has not heard of a carrier event yet');
      throw serviceUnavailable('saga-unavailable', 'The order can not be updated now. Send it again.', 1);
    }
  });
}

function requireRecorded(
  event: EventOutcome,
  ofAnotherCarrier: () => ProblemError,
): Extract<EventOutcome, { outcome: 'recorded' }> {
  switch (event.outcome) {
    case 'recorded':
      return event;
    case 'unknown':
      throw notFound();
    case 'of-another-carrier':
      throw ofAnotherCarrier();
    case 'not-started':
      throw serviceUnavailable('delivery-not-started', 'The delivery is not recorded yet. Send the report again.', 1);
    default:
      return event satisfies never;
  }
}

/** The carrier that signed the body as it came; throws 401 where none of ours did. */
function requireCarrier(req: Request, keys: CarrierKeys): string {
  requireJson(req);
  const key = signingKey({
    signature: req.get('x-carrier-signature'),
    body: req.rawBody ?? Buffer.alloc(0),
    keys,
    now: new Date(),
  });
  if (key === undefined)
    throw notTheirs(req, 'bad-signature', 'A carrier signs this call with X-Carrier-Signature, at most 5 minutes old.');
  return key.carrier;
}

/** 401 for what no carrier of ours has signed, or not of this; written down, as somebody tries it. */
function notTheirs(req: Request, outcome: string, detail: string): ProblemError {
  audit(req, 'authn_signature_fail', { outcome });
  return unauthorized(detail, { 'WWW-Authenticate': 'X-Carrier-Signature realm="deliveries"' });
}
