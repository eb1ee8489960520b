import type { PaymentService } from './give-back.js';

/** Writes down what became of a charge whose answer was never heard. Answers with the payment's state then. */
export async function recordFromProvider({ store, provider }: PaymentService, orderId: string): Promise<string> {
  const answer = await provider.find({ idempotencyKey: orderId });
  switch (answer.outcome) {
    case 'charged':
      return (await store.recordCharge(orderId, answer.chargeId)).payment.state;
    case 'declined':
      return (await store.recordDecline(orderId, answer.code)).payment.state;
    case 'voided':
    case 'none':
      return (await store.find(orderId))?.state ?? 'none';
  }
}
