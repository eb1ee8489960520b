import type { DeliveryRequest } from '../../contracts/activities/delivery-activities.js';
import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import type { ChargeRequest, RefundRequest } from '../../contracts/activities/payment-activities.js';
import type { OrderSagaInput, PlacedOrder } from '../../contracts/order-saga.js';

/** In ascending product id: everybody who locks several products locks them in one order. */
export function stockOf({ id, lines }: PlacedOrder): StockRequest {
  const wanted = lines.map(({ productId, quantity }) => ({ productId, quantity }));
  return { orderId: id, lines: wanted.sort((a, b) => a.productId - b.productId) };
}

export function chargeOf({ order, paymentMethod }: OrderSagaInput): ChargeRequest {
  return { ...refundOf(order), paymentMethod };
}

export function refundOf({ id, userId, totalPrice, currency }: PlacedOrder): RefundRequest {
  return { orderId: id, userId, amount: totalPrice, currency };
}

export function deliveryOf({ id, userId, shippingAddress, lines }: PlacedOrder): DeliveryRequest {
  return {
    orderId: id,
    userId,
    shippingAddress,
    lines: lines.map(({ productId, productName, quantity }) => ({ productId, productName, quantity })),
  };
}
