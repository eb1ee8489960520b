import { propagation } from '@opentelemetry/api';
import type { Context, TextMapGetter } from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';

/** What an order's id looks like, in the logs and in headers that Temporal keeps. */
const ORDER_ID = /^[\w-]{1,64}$/;

/**
 * W3C baggage, of which an order's id is taken and nothing else: whatever is in it travels on, into log lines and, in clear,
 * into Temporal's histories. From outside not even that is taken: a caller could write into another order's log.
 */
export class TrustedBaggage extends W3CBaggagePropagator {
  constructor(private readonly from: 'outside' | 'our own') {
    super();
  }

  override extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    if (this.from === 'outside') return context;
    const orderId = propagation.getBaggage(super.extract(context, carrier, getter))?.getEntry('orderId')?.value;
    if (orderId === undefined || !ORDER_ID.test(orderId)) return context;
    return propagation.setBaggage(context, propagation.createBaggage({ orderId: { value: orderId } }));
  }
}
