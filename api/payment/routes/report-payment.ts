import type { Request } from 'express';
import { paymentOperations } from '../../../contracts/http/payments.js';
import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import type { ProviderEvent, ProviderEvents } from '../../../services/payment/payment-provider.js';
import { audit } from '../../http/audit.js';
import { handle } from '../../http/handle.js';
import { notFound, ProblemError, unauthorized } from '../../http/problem.js';
import { requireJson } from '../../http/validate.js';
import type { PaymentContext } from '../service.js';

/**
 * Written down, and no more: 200 says that it is. The payment worker tells the Saga, so that a provider, which waits for its answer
 * for some seconds, never waits for Temporal.
 */
export function reportPayment({ events, inbox, logger }: PaymentContext) {
  return handle(paymentOperations.reportPayment, async ({ params: { provider }, req }) => {
    if (events?.provider !== provider) throw notFound();
    requireJson(req);
    const body = req.rawBody ?? Buffer.alloc(0);
    const event = requireEvent(req, events, body);
    if (event === undefined) return;
    crashPoint('webhook: before the row');
    const isNew = await inbox.receive({ ...event, provider });
    crashPoint('webhook: row written');
    if (isNew && event.chargeKey === undefined)
      logger.warn({ provider, eventId: event.eventId, type: event.type }, "a provider's event names no charge");
  });
}

/** undefined: it is signed, and nothing of ours. */
function requireEvent(req: Request, events: ProviderEvents, body: Buffer): ProviderEvent | undefined {
  const { signatureHeader } = events;
  const event = events.readEvent({ headers: req.headers, body, now: new Date() });
  switch (event.outcome) {
    case 'event':
      return event;
    case 'foreign':
      return undefined;
    case 'forged':
      audit(req, 'authn_signature_fail', { outcome: 'bad-signature' });
      throw unauthorized(`A provider signs this call with ${signatureHeader}, at most 5 minutes old.`, {
        'WWW-Authenticate': `${signatureHeader} realm="payments"`,
      });
    case 'unreadable':
      throw new ProblemError({
        status: 400,
        code: 'bad-request',
        detail: 'The event has no id by which it could be known.',
      });
    default:
      return event satisfies never;
  }
}
