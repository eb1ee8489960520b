import type { Address } from '../http/address.js';

/** The delivery service's part in the Saga, on task queue `delivery`. Each may run twice, late and out of order. */
export interface DeliveryRequest {
  orderId: string;
  userId: number;
  shippingAddress: Address;
  lines: readonly { productId: number; productName: string; quantity: number }[];
}

export interface StartedDelivery {
  deliveryId: string;
  carrier: string;
  trackingNumber: string;
}

export interface DeliveryActivities {
  /** Hands the order to the carrier, once. Refuses with `DeliveryRefused`; with `Compensated` once it was called off. */
  startDelivery(request: DeliveryRequest): Promise<StartedDelivery>;
  /** Calls the delivery off; a mark where it never started. Refuses with `AlreadyDelivered`. */
  cancelDelivery(request: { orderId: string; userId: number }): Promise<void>;
}

/** Payload of the Saga's signal `deliveryUpdate`. */
export interface DeliveryUpdate {
  status: 'in_transit' | 'delivered' | 'returned';
  /** RFC 3339 UTC. */
  at: string;
}
