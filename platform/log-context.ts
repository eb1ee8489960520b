import { context, propagation } from '@opentelemetry/api';

/**
 * Runs `work` with an order id that each log line, here and in the services that it calls, then carries.
 * It travels as W3C baggage, so it may hold an id and nothing else.
 */
export function withOrderId<T>(orderId: string, work: () => T): T {
  const baggage = propagation.getActiveBaggage() ?? propagation.createBaggage();
  return context.with(propagation.setBaggage(context.active(), baggage.setEntry('orderId', { value: orderId })), work);
}
